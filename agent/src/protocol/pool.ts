import type { RequestContext } from './incident.js';
import type { HistogramCounts } from './snapshot.js';
import type { ProbeAnswer } from './stack.js';

/** A connection that somebody has taken from a pool and not given back yet. */
export interface HeldConnection {
  /** Since it was taken. Unit: ms. */
  readonly ageMs: number;
  /** Whether it runs a query at this moment; null when the driver does not show it. */
  readonly querying: boolean | null;
  /** Request that it was taken for. Null when it was taken outside of one, or was not looked at. */
  readonly request: RequestContext | null;
  /** Stack that asked for it, innermost first, before source maps. Empty when it was not looked at: only so many a
   *  second are. */
  readonly frames: ProbeAnswer['frames'];
  /** Whether the response of that request waits for its reader, who has not taken yet what was sent; missing where the
   *  request is not known. */
  readonly awaitsReader?: boolean;
  /** The process of a PostgreSQL server that serves it; missing where the driver does not say. */
  readonly backendPid?: number;
}

/** What a pool lends: connections to a database, sockets of an HTTP client, threads, or something else. */
export type PoolKind = 'database' | 'http' | 'threads' | 'other';

/** One pool. Counts are connections or callers; times in seconds by the bounds of the catalog. */
export interface PoolReading {
  readonly name: string;
  readonly kind: PoolKind;
  /** Library that makes it, such as `pg`. */
  readonly library: string;
  /** What it leads to, spelled like the target of a dependency. */
  readonly target: string;
  readonly usedCount: number;
  readonly idleCount: number;
  readonly pendingCount: number;
  /** Fewest callers that waited at any moment since the reading before: above 0 means that the queue never ended. */
  readonly pendingMinCount: number;
  /** Null when the pool has no limit. */
  readonly maxCount: number | null;
  /** Connections that are being opened, part of those in use. */
  readonly openingCount: number;
  /** Callers that have asked for a connection since the start. */
  readonly asked: number;
  readonly timeouts: number;
  readonly waitTime: HistogramCounts;
  readonly useTime: HistogramCounts;
  readonly createTime: HistogramCounts;
  /** Connections that are held, longest first; the first 100 of them, fewer while several pools share the room. */
  readonly held: readonly HeldConnection[];
}

/** What has changed among the pools since the snapshot before. */
export interface PoolChanges {
  /** Those that were looked at. */
  readonly looked: readonly PoolReading[];
  /** Names of those that are not watched any more, or could not be read. */
  readonly gone: readonly string[];
}

/** A held connection as a verdict shows it. Where it was taken is null for those that were not looked at. */
export interface PoolHolder {
  readonly function: string | null;
  /** Relative to the working directory where it lies under it. */
  readonly file: string | null;
  /** One-based, in the original source. */
  readonly line: number | null;
  /** Since it was taken. Unit: ms. */
  readonly ageMs: number;
  /** Whether it runs a query; null when it cannot be told. */
  readonly querying: boolean | null;
  /** Whether the response of its request waits for its reader; missing where the request is not known. */
  readonly awaitsReader?: boolean;
  /** Method and route pattern of the request that it was taken for. */
  readonly route: string | null;
}

/** What one pool did during about one second. */
export interface PoolWindow {
  /** Unit: ms. */
  readonly durationMs: number;
  readonly usedCount: number;
  readonly pendingCount: number;
  readonly pendingMinCount: number;
  readonly openingCount: number;
  readonly asked: number;
  readonly timeouts: number;
  /** Connections that were given back, by the time they were held. */
  readonly useTime: HistogramCounts;
  /** Those that were held at the end of it. */
  readonly held: readonly Pick<HeldConnection, 'ageMs' | 'querying' | 'awaitsReader'>[];
  /** Time that the main thread was blocked. Unit: ms. */
  readonly stalledMs: number;
  /** Whether the own process was in such a state that callers who wait say little about the pool. */
  readonly isDisturbed: boolean;
}
