import type { HistogramCounts } from './snapshot.js';

/** Status of a request whose connection closed before its response was sent: the client went away, or the server
 *  destroyed the response. */
export const abortedStatus = 'aborted';
/** Route of requests that no router matched, or whose server has no router. Never the raw path, which may hold ids
 *  and secrets, and has no bound. */
export const unmatchedRoute = 'unmatched';
/** Value of a label beyond its bound. */
export const otherValue = 'other';

/** Requests of one method, route and status since the start. */
export interface RequestSeries {
  readonly method: string;
  /** Pattern of the router, `unmatched` or `other`. */
  readonly route: string;
  /** Three digits, `aborted` or `other`. */
  readonly status: string;
  /** From the head of the request until its response was handed to the system, or its connection closed. Unit: s, by
   *  the bounds of the catalog. */
  readonly durations: HistogramCounts;
}

/** One request that has ended. */
export interface EndedRequest {
  readonly method: string;
  readonly route: string;
  /** Three digits, or `aborted`. */
  readonly status: string;
  readonly scheme: 'http' | 'https';
  readonly seconds: number;
}

/** One request that is being served. Never its query, headers or body. */
export interface RunningRequest {
  readonly method: string;
  /** As in the series; `unmatched` also until a router has matched it. */
  readonly route: string;
  /** Time since its head was read. Unit: ms. */
  readonly ageMs: number;
  /** Lower-case hexadecimal (W3C Trace Context); null when nobody traces it. */
  readonly traceId: string | null;
  /** Bytes of the response that its reader has not taken yet; missing unless the response waits for that. */
  readonly unsentBytes?: number;
}

/** What the servers of node:http in a thread do. */
export interface RequestsReading {
  /** Requests whose response is not sent yet. */
  readonly inFlight: number;
  readonly series: readonly RequestSeries[];
  /** Routes that are counted as `other`; at most 1,000 are told apart. */
  readonly foldedRoutes: number;
  /** The oldest of those in flight, oldest first; at most 10. Ages are those of the moment of reading. */
  readonly running: readonly RunningRequest[];
}

/** The answer to GET /requests: what is stuck right now. */
export interface RunningRequests {
  /** Time of the reading, ISO 8601; null before the first one. */
  readonly readAt: string | null;
  /** How old the reading is. Usually below 1,000; more while the main thread is blocked. Unit: ms. */
  readonly readingAgeMs: number | null;
  /** Whether the main thread is stalled, and for how long. Unit: ms; null when it is not. */
  readonly blockedForMs: number | null;
  /** The request whose code blocks the main thread; null when it is not blocked, or nobody knows. It may be younger than
   *  the reading, and so not be in the list. */
  readonly blockedBy: { readonly route: string; readonly traceId: string | null } | null;
  /** Null before the first reading. */
  readonly inFlight: number | null;
  /** Oldest first. Ages are those of the reading; while the main thread is blocked nothing can end, and they go on. */
  readonly requests: readonly RunningRequest[];
}
