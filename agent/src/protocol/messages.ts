import type { AgentConfig } from '../config.js';
import type { CreatedCause, Creations } from './creations.js';
import type { HeapAnswer, HeapRequest } from './heap-snapshot.js';
import type { PoolChanges } from './pool.js';
import type { Reading } from './reading.js';
import type { Snapshot } from './snapshot.js';
import type { WatchedThread } from './thread.js';

/** What the sidecar is born with. */
export interface SidecarData {
  readonly config: AgentConfig;
  readonly heartbeat: SharedArrayBuffer;
  /** Name of the probe function on the main thread's global object. */
  readonly probeKey: string;
  /** Why no stack may be taken, or null. */
  readonly blindBecause: string | null;
  /** The thread that beats, which is the one that started the sidecar. */
  readonly thread: WatchedThread;
  /** Whether the main thread samples its allocations, so that a heap profile can be read. */
  readonly samplesHeap: boolean;
  /** Whether V8 collects all garbage of the main thread, with a pause, before a heap profile is read. */
  readonly readingCollects: boolean;
  /** What young spaces take of the main thread's heap limit. Unit: bytes. */
  readonly youngReserveBytes: number;
  /** Start of the process in ms since the epoch. */
  readonly processStartedAtMs: number;
  /** Directory against which source files are shown. */
  readonly workingDirectory: string;
  /** Path of the script that the process was started with; null when there is none. */
  readonly mainScript: string | null;
}

/** A snapshot on its way: of the pools only what has changed. */
export type SentSnapshot = Omit<Snapshot, 'pools'> & { readonly pools: PoolChanges | null };

/** Main thread to sidecar. */
export type ToSidecar =
  | { readonly type: 'snapshot'; readonly snapshot: SentSnapshot }
  | { readonly type: 'collect'; readonly id: number }
  /** The loop has rested and works again: beats come more often now. */
  | { readonly type: 'work' }
  | HeapAnswer
  /** Who has made what becomes more and more. */
  | { readonly type: 'creations'; readonly creations: Creations }
  /** Somebody sent the signal that asks for a heap snapshot. */
  | { readonly type: 'snapshot-wanted' }
  | { readonly type: 'close' }
  /** The answer to `closing`: nothing of the inspector is left between the threads. */
  | { readonly type: 'end' };

/** Sidecar to main thread. */
export type FromSidecar =
  | { readonly type: 'ready'; readonly url: string | null }
  /** Count everything that is allocated for some seconds, not only what lives. */
  | { readonly type: 'count-allocations' }
  /** Make V8 begin a major collection. */
  | { readonly type: 'ask-for-collection' }
  /** Find out who makes what becomes more and more. */
  | { readonly type: 'watch-creations'; readonly cause: CreatedCause }
  /** Everything is closed. The thread ends when the main thread has answered: an inspector session that was closed a
   *  moment ago is still being taken down there, and Node aborts when the thread is gone before. */
  | { readonly type: 'closing' }
  | { readonly type: 'collected'; readonly id: number; readonly readings: readonly Reading[] }
  | HeapRequest;
