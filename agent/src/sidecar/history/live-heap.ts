import type { HeapFloor, Snapshot } from '../../protocol/snapshot.js';

/** As far back as the newest growth is looked at. Unit: ms. */
const spanMs = 10_000;
const floorsKept = 32;

/** What was alive in the heap at the newest major collection, and how fast that changed over the last ten seconds. */
export interface LiveHeap {
  readonly bytes: number;
  /** Time of the collection on monotonicMs(). */
  readonly atMs: number;
  /** 0 with one collection. */
  readonly bytesPerSecond: number;
}

/** Follows what major collections leave, from the first one on: a process may die before any of them counts for more. */
export interface LiveHeapTracker {
  add(snapshot: Snapshot): void;
  /** Null before the first collection. */
  read(): LiveHeap | null;
}

export function createLiveHeapTracker(): LiveHeapTracker {
  let floors: HeapFloor[] = [];
  return {
    add({ gc }) {
      if (gc !== null && gc.floors.length > 0) floors = [...floors, ...gc.floors].slice(-floorsKept);
    },
    read() {
      const newest = floors.at(-1);
      if (newest === undefined) return null;
      const first = floors.find(({ atMs }) => newest.atMs - atMs <= spanMs)!;
      const seconds = (newest.atMs - first.atMs) / 1_000;
      const bytesPerSecond = seconds === 0 ? 0 : (newest.bytes - first.bytes) / seconds;
      return { bytes: newest.bytes, atMs: newest.atMs, bytesPerSecond };
    },
  };
}
