import type { HeapResult, SnapshotProgress, TakenSnapshot } from '../../protocol/heap-snapshot.js';
import type { Stall } from '../../protocol/stall.js';
import { snapshotError } from './errors.js';
import type { MainHeap } from './main-heap.js';
import type { HeapSize } from './need.js';
import { checkRoomToCount, checkRoomToWrite, type Room } from './room.js';
import type { SnapshotStore } from './store.js';

const progressMs = 250;
/** A disk that cannot take more of the file: full, over its quota, or past the largest file that is allowed. */
const diskCodes: readonly (string | null)[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Stalls are judged once more when their collections are known, which may be after the next snapshot. */
const pausesKept = 16;

/** From when on, and until when, the main thread may have stood still for a snapshot; null when it has not begun
 *  and while it has not ended. Unit: ms of monotonicMs(). */
interface Pause {
  begunMs: number | null;
  endedMs: number | null;
}

export interface TakeOptions {
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: SnapshotProgress) => void;
}

/** Takes snapshots of the main thread's heap, one at a time. */
export interface Snapshots {
  /** Rejects with ERR_FAULTLINE_SNAPSHOT_… and the numbers when none is taken; then no file is left. */
  take(options: TakeOptions): Promise<TakenSnapshot>;
  /** Whether a stall is the pause of a snapshot that somebody asked for. */
  explains(stall: Pick<Stall, 'startedMs'>): boolean;
}

export interface SnapshotWorld {
  /** Unit: ms since the epoch. */
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** The newest reading; null before the first one. Unit: bytes. */
  readonly heap: () => { readonly usedBytes: number; readonly limitBytes: number } | null;
  readonly memory: () => { readonly where: string; readonly freeBytes: number };
  readonly mainHeap: Pick<MainHeap, 'ask'>;
  readonly store: SnapshotStore;
}

export function createSnapshots(world: SnapshotWorld): Snapshots {
  const { mainHeap, store } = world;
  let underway = false;
  const pauses: Pause[] = [];

  const measure = async (limitBytes: number): Promise<Room> => {
    const { where, freeBytes } = world.memory();
    return { heapLimitBytes: limitBytes, where, memoryBytes: freeBytes, diskBytes: await store.freeBytes() };
  };

  const run = async ({ signal, onProgress = () => {} }: TakeOptions): Promise<TakenSnapshot> => {
    const reading = world.heap();
    if (reading === null) {
      throw snapshotError('blocked', 'The main thread has not told the size of its heap yet; ask again.');
    }
    const askedMs = world.monotonicMs();
    const pause: Pause = { begunMs: null, endedMs: null };
    pauses.push(pause);
    if (pauses.length > pausesKept) pauses.shift();
    let progress: SnapshotProgress = { state: 'waiting', bytes: 0 };
    const begins = (state: SnapshotProgress['state']) => () => {
      pause.begunMs ??= askedMs;
      progress = { state, bytes: 0 };
    };
    let file: string | null = null;
    const ticker = setInterval(async () => {
      if (progress.state === 'writing' && file !== null)
        progress = { ...progress, bytes: await store.written(file) };
      onProgress(progress);
    }, progressMs).unref();
    try {
      onProgress(progress);
      checkRoomToCount({ usedBytes: reading.usedBytes, objects: null }, await measure(reading.limitBytes));
      const counted = await mainHeap.ask({ step: 'count' }, signal, begins('counting'));
      const heap = sizeOf(counted);
      checkRoomToWrite(heap, await measure(reading.limitBytes));
      file = await store.reserve(world.now());
      const written = await mainHeap.ask({ step: 'write', path: file }, signal, begins('writing'));
      if (written.step !== 'written') throw failure(written);
      if (signal.aborted) {
        await store.remove(file);
        throw snapshotError('stopped', 'Nobody waited for the snapshot any more; its file was removed.');
      }
      await store.prune();
      const takenAt = new Date(world.now()).toISOString();
      const { bytes, pauseMs } = written;
      return { file, bytes, objects: heap.objects, pauseMs: Math.round(pauseMs), takenAt };
    } finally {
      clearInterval(ticker);
      pause.endedMs = world.monotonicMs();
    }
  };

  return {
    async take(options) {
      if (underway) {
        throw snapshotError('busy', 'Another heap snapshot is being taken just now; there is one at a time.');
      }
      underway = true;
      try {
        return await run(options);
      } finally {
        underway = false;
      }
    },
    explains: ({ startedMs }) =>
      pauses.some(
        ({ begunMs, endedMs }) =>
          begunMs !== null && startedMs >= begunMs && startedMs <= (endedMs ?? startedMs),
      ),
  };
}

function sizeOf(result: HeapResult): HeapSize {
  if (result.step !== 'counted') throw failure(result);
  return { usedBytes: result.usedBytes, objects: result.objects };
}

function failure(result: HeapResult): Error {
  const [code, message] = result.step === 'failed' ? [result.code, result.message] : [null, result.step];
  const isDisk = diskCodes.includes(code);
  return snapshotError(isDisk ? 'disk' : 'failed', `The snapshot could not be written: ${message}`);
}
