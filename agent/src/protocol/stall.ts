import type { StackSample } from './stack.js';

/** One block of the main thread, while it lasts and after. All times on monotonicMs(), in ms. */
export interface Stall {
  /** Counts the stalls of this process from 1. */
  readonly id: number;
  /** When the heartbeat was due that did not come. The block began up to one beat interval earlier. */
  readonly startedMs: number;
  /** How late the loop is or was. */
  readonly blockedMs: number;
  readonly ended: boolean;
  /** Oldest first. */
  readonly samples: readonly StackSample[];
  /** A stack was asked for and nothing has answered for longer than a running JavaScript function needs. */
  readonly silentMs: number;
  /** Share of the block that the main thread ran on a CPU, 0..1; null where the system does not tell. */
  readonly onCpuRatio: number | null;
  /** Share of the block that it was ready to run and got no CPU, 0..1; null where the system does not tell. */
  readonly runQueueRatio: number | null;
  /** Whether the main thread ran, or was ready to run, when it was last looked at during the block. */
  readonly isReady: boolean;
  /** What CPU quotas held back during the block, over all threads, against its length, 0..1; null without quota. */
  readonly throttledRatio: number | null;
  /** Share of the block in garbage collection, 0..1; null until the collections of that time are known. */
  readonly gcRatio: number | null;
  /** The synchronous call that the main thread was in for most of the time that it was looked at, such as
   *  `crypto.pbkdf2Sync`; null for none. */
  readonly operation: string | null;
  /** Share of the block, as far as it was looked at, that `operation` was seen, 0..1. */
  readonly operationRatio: number;
  /** Why no stack is taken, or null. */
  readonly blindBecause: string | null;
}
