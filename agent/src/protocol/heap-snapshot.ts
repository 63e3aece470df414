import type { HeapProfile } from './heap-profile.js';

/** What the sidecar asks the main thread to do with its own heap: count the objects of it, write all of them to a file,
 *  or ask for a collection and read the heap profile so many ms later, if it has not ended then. Each stops the main
 *  thread meanwhile. */
export type HeapTask =
  | { readonly step: 'count' }
  | { readonly step: 'write'; readonly path: string }
  | { readonly step: 'profile'; readonly afterMs: number };

/** Sidecar to main thread. `gate` is shared memory, see openGate(). */
export interface HeapRequest {
  readonly type: 'heap-request';
  readonly id: number;
  readonly task: HeapTask;
  readonly gate: SharedArrayBuffer;
}

/** What came of it. */
export type HeapResult =
  | {
      readonly step: 'counted';
      /** Null when the inspector must not be used, or did not answer. */
      readonly objects: number | null;
      /** Unit: bytes. */
      readonly usedBytes: number;
    }
  | {
      readonly step: 'written';
      /** Size of the file. Unit: bytes. */
      readonly bytes: number;
      /** How long the main thread stood still. Unit: ms. */
      readonly pauseMs: number;
    }
  | {
      readonly step: 'profiled';
      /** Null when the collection had ended before, or nothing is sampled. */
      readonly profile: HeapProfile | null;
    }
  | {
      readonly step: 'failed';
      /** As the system names it, such as ENOSPC; null for other errors. */
      readonly code: string | null;
      readonly message: string;
    };

/** Main thread to sidecar. */
export interface HeapAnswer {
  readonly type: 'heap-answer';
  readonly id: number;
  readonly result: HeapResult;
}

/** Ending of a file that is still being written. */
export const unfinishedEnding = '.part';

/** A snapshot on disk. */
export interface TakenSnapshot {
  /** Absolute path. */
  readonly file: string;
  /** Unit: bytes. */
  readonly bytes: number;
  /** Null where nobody could count them. */
  readonly objects: number | null;
  /** How long the main thread stood still for it. Unit: ms. */
  readonly pauseMs: number;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
}

/** How far a snapshot has come: waiting for the main thread, counting objects, writing them. */
export interface SnapshotProgress {
  readonly state: 'waiting' | 'counting' | 'writing';
  /** Written so far. Unit: bytes. */
  readonly bytes: number;
}

/** Lines of the answer to POST /snapshots/heap when it is asked for as application/x-ndjson; the last one is
 *  `done` or `failed`. */
export type SnapshotLine =
  | SnapshotProgress
  | ({ readonly state: 'done' } & TakenSnapshot)
  | { readonly state: 'failed'; readonly status: number; readonly detail: string };
