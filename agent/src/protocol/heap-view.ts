import type { HeapFloor } from './snapshot.js';

/** What is known of the heap at one moment. Unit: bytes. */
export interface HeapView {
  /** After major collections, at several resolutions, finest first; each oldest first. */
  readonly levels: readonly (readonly HeapFloor[])[];
  /** On the clock of the floors. Unit: ms. */
  readonly nowMs: number;
  /** Used now, without the spaces that objects are born in: what is kept, and garbage that has not been collected. */
  readonly oldBytes: number;
  /** What was used some seconds ago; null at the beginning. */
  readonly earlier: { readonly atMs: number; readonly oldBytes: number } | null;
  /** Where it ends: V8's limit, or what the container leaves, whichever is smaller. */
  readonly limitBytes: number;
  /** What the newest major collection has left, the first seconds of the process included; null before it. */
  readonly newestFloorBytes: number | null;
  /** The most that was used just before a major collection; 0 before the first. */
  readonly toothBytes: number;
  /** The highest floor from which this process has come down again by itself; 0 before. */
  readonly highWaterBytes: number;
}
