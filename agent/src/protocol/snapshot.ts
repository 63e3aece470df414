import type { DependencyReading } from './dependency.js';
import type { ListenerReading } from './listeners.js';
import type { PoolReading } from './pool.js';
import type { RequestsReading } from './requests.js';
import type { ThreadpoolReading } from './threadpool.js';

/** Counts of a histogram since the start: one per upper bound plus the rest, not cumulated. */
export interface HistogramCounts {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Event loop delay over the last 15 s, in ms. Null fields mean that no timer has fired yet. */
export interface DelayReading {
  readonly newestMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly meanMs: number | null;
  readonly stddevMs: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  /** All delays since the start, in seconds, by the bounds of the catalog. */
  readonly histogram: HistogramCounts;
}

/** How busy the loop was. Ratio 0..1 over the newest window; null before the first one closes. */
export interface UtilizationReading {
  readonly ratio: number | null;
  readonly activeMs: number;
  readonly idleMs: number;
}

/** One garbage collection; `startedMs` is on the clock of monotonicMs(). */
export interface GcPause {
  readonly kind: string;
  readonly startedMs: number;
  readonly durationMs: number;
}

/** What a major collection has left. Unit: bytes. */
export interface HeapFloor {
  /** Time of the reading on monotonicMs(), just after the collection. */
  readonly atMs: number;
  /** Live heap, without the spaces that objects are born in. */
  readonly bytes: number;
  /** Memory outside the heap that live objects hold. */
  readonly externalBytes: number;
}

/** Collections since the start by kind, in seconds, and the longest ones of the newest window. */
export interface GcReading {
  readonly byKind: Readonly<Record<string, HistogramCounts>>;
  readonly pauses: readonly GcPause[];
  /** After the major collections of the newest window, oldest first. Collections of one long block share one. */
  readonly floors: readonly HeapFloor[];
  /** Time in collections during the newest window. Unit: ms. */
  readonly windowMs: number;
}

/** One V8 heap space, in bytes. */
export interface HeapSpaceReading {
  readonly name: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
  readonly physicalBytes: number;
}

/** V8's heap, in bytes. `arrayBuffersBytes` is null when Node could not tell. */
export interface HeapReading {
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly externalBytes: number;
  readonly arrayBuffersBytes: number | null;
  readonly spaces: readonly HeapSpaceReading[];
}

/** Everything that only the main thread can read, once a second. A null part could not be read this time. */
export interface Snapshot {
  /** Time of reading in ms since the epoch. */
  readonly atMs: number;
  /** The same moment on the clock of monotonicMs(). */
  readonly monotonicMs: number;
  readonly delay: DelayReading | null;
  readonly utilization: UtilizationReading | null;
  readonly gc: GcReading | null;
  readonly heap: HeapReading | null;
  /** Number of active resources by type. */
  readonly resources: Readonly<Record<string, number>> | null;
  readonly pools: readonly PoolReading[] | null;
  readonly dependencies: readonly DependencyReading[] | null;
  /** Null in a worker thread, too: the pool belongs to the process. */
  readonly threadpool: ThreadpoolReading | null;
  /** Requests to servers of node:http that were begun since the start. */
  readonly inbound: number | null;
  /** Those requests by route, and the oldest that run. */
  readonly requests: RequestsReading | null;
  /** Of the emitters that Node has warned of; at most 16. */
  readonly listeners: readonly ListenerReading[] | null;
  /** Ids of chaos faults that run in this process on purpose. */
  readonly chaosFaults: readonly string[] | null;
  /** Readings that failed since the start, by sensor. */
  readonly errors: Readonly<Record<string, number>>;
}
