import type { HistogramCounts } from './snapshot.js';

/** What libuv's thread pool works for, as far as Node tells: the causes of `threadpool-saturated`. */
export const poolWork = ['fs', 'crypto', 'dns', 'zlib'] as const;
export type PoolWork = (typeof poolWork)[number];

/** What one probe after the other has waited for a thread of libuv's pool. One pool serves the whole process. */
export interface ThreadpoolReading {
  /** A value for about each second since the start. A probe that is still out counts with its age at each reading, so
   *  that a pool that is stuck goes on being measured. Unit: s, by the bounds of the catalog. */
  readonly wait: HistogramCounts;
  /** Longest wait since the reading before, that of a probe which is still out included; null without a probe.
   *  Unit: ms. */
  readonly waitMs: number | null;
  /** Size of the pool by UV_THREADPOOL_SIZE, or libuv's 4, when the first probe was sent. */
  readonly threads: number;
  /** Calls such as `crypto.pbkdf2` that wait for their result now, by function; null when nobody counts them. */
  readonly calls: Readonly<Record<string, number>> | null;
}

/** One second of the pool and of what could make its probe look slow. */
export interface ThreadpoolWindow {
  /** Unit: ms; null without a probe. */
  readonly waitMs: number | null;
  /** Whether the main thread was in such a state that the wait says little about the pool. */
  readonly isDisturbed: boolean;
  /** Time in stalls of the loop. Unit: ms. */
  readonly stalledMs: number;
  /** Ratio 0..1 of the time that the loop was busy; null where it is not known. */
  readonly utilization: number | null;
  /** Ratio 0..1 of the time that the main thread waited for a CPU; null where nobody tells. */
  readonly waitedRatio: number | null;
  /** CPU time of all threads but the main thread and the agent's, per second: what the pool, and the collector's
   *  helpers, compute. Unit: cores; null where nobody tells. */
  readonly otherCores: number | null;
  readonly threads: number;
  /** Operations that were pending at the end of the window, by Node's name or by function, such as `FSReqCallback` or
   *  `crypto.pbkdf2`. */
  readonly pending: Readonly<Record<string, number>>;
}
