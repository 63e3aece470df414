import { snapshotError } from './errors.js';
import { countNeed, diskNeed, type HeapSize, memoryNeed, spareNeed } from './need.js';

/** What there is. Unit: bytes. */
export interface Room {
  readonly heapLimitBytes: number;
  /** Who sets the limit of memory, such as `the container`. */
  readonly where: string;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** Throws ERR_FAULTLINE_SNAPSHOT_MEMORY with the numbers when not even the objects can be counted safely. */
export function checkRoomToCount(heap: HeapSize, room: Room): void {
  checkSpare(heap, room);
  checkMemory(heap, room, countNeed(heap), 'Counting the objects');
}

/** Throws ERR_FAULTLINE_SNAPSHOT_MEMORY or _DISK with the numbers when a snapshot does not fit. */
export function checkRoomToWrite(heap: HeapSize, room: Room): void {
  // Once more: the reading that counting was allowed by may have been a second old.
  checkSpare(heap, room);
  checkMemory(heap, room, memoryNeed(heap), 'A snapshot');
  const need = diskNeed(heap);
  if (room.diskBytes < need) {
    throw snapshotError(
      'disk',
      `The file may take ${mb(need)}, and its disk has ${mb(room.diskBytes)} left. Make room, or point ` +
        'FAULTLINE_DIR to another disk.',
    );
  }
}

function checkSpare(heap: HeapSize, room: Room): void {
  const spare = room.heapLimitBytes - heap.usedBytes;
  if (spare < spareNeed(heap)) {
    throw snapshotError(
      'memory',
      `The heap holds ${mb(heap.usedBytes)} of the ${mb(room.heapLimitBytes)} that V8 allows. What piles up during ` +
        `the pause could end the process: at least ${mb(spareNeed(heap))} must be left, and ${mb(spare)} are.`,
    );
  }
}

function checkMemory(heap: HeapSize, room: Room, need: number, what: string): void {
  if (room.memoryBytes >= need) return;
  const objects = heap.objects === null ? '' : ` in ${heap.objects.toLocaleString('en')} objects`;
  throw snapshotError(
    'memory',
    `${what} of a heap of ${mb(heap.usedBytes)}${objects} may take ${mb(need)} of memory beside it, and ` +
      `${room.where} has ${mb(room.memoryBytes)} left. Take it where there is more memory.`,
  );
}

const mb = (bytes: number): string => `${Math.round(bytes / 1_048_576).toLocaleString('en')} MB`;
