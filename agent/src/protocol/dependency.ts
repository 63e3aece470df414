import type { HistogramCounts } from './snapshot.js';

/** Ways in which a call to a dependency fails: the connection was refused or reset, no answer came in time, the answer
 *  was a server's error, its name is not known, or anything else. */
export const dependencyErrors = ['refused', 'reset', 'timeout', '5xx', 'dns', 'other'] as const;
export type DependencyError = (typeof dependencyErrors)[number];

/** Upper bounds of the times that sockets lay idle, each a quarter above the one before: 1 ms to some 10 minutes, beyond
 *  which hardly any server keeps one. Unit: s. */
export const idleBounds: readonly number[] = Array.from({ length: 61 }, (_, step) => 0.001 * 1.25 ** step);

/** What became of calls by the socket that they had. Counts since the start in a reading, and of one window in a window. */
export interface SocketReuse {
  /** Calls on a socket that was opened for them. */
  readonly freshAnswered: number;
  readonly freshReset: number;
  /** Calls on a socket that had served others, by the time that it had been idle before. Unit: s, by `idleBounds`. */
  readonly reusedAnswered: HistogramCounts;
  readonly reusedReset: HistogramCounts;
}

/** One service or database that this process asks. Everything but `inFlight` counts since the start. */
export interface DependencyReading {
  /** `host:port`, with `/database` behind it for a database; never a path or a user. */
  readonly target: string;
  /** Calls that were begun. A request that is made again after it has failed is one more. */
  readonly begun: number;
  /** Calls that wait for their answer now. */
  readonly inFlight: number;
  /** Calls that were answered, errors of the server included, by the time until the answer began. The time that the
   *  own event loop was late meanwhile is taken off. Unit: s, by the bounds of the catalog. */
  readonly answered: HistogramCounts;
  /** Part of these times that passed before the request had a socket. Unit: s. Always 0 on Node 20, whose times begin
   *  with the socket. */
  readonly waitedSeconds: number;
  /** Part of these times in which the name of the target was looked up for a new connection. Unit: s. Known of node:http and
   *  node:https only, and 0 for the others. */
  readonly lookupSeconds: number;
  /** What was taken off because the own event loop was late. Unit: s. */
  readonly ownDelaySeconds: number;
  readonly errors: Readonly<Record<DependencyError, number>>;
  /** Missing for a target of whose sockets nobody tells, such as a database. */
  readonly sockets?: SocketReuse;
}

/** What became of the calls to one target during about one second. */
export interface DependencyWindow {
  readonly begun: number;
  /** Requests that the own process began to serve meanwhile; null where nobody counts them. */
  readonly inbound: number | null;
  /** Answered calls by the time they took, as in the reading. */
  readonly counts: readonly number[];
  readonly answeredSeconds: number;
  readonly waitedSeconds: number;
  readonly lookupSeconds: number;
  readonly ownDelaySeconds: number;
  readonly errors: Readonly<Record<DependencyError, number>>;
  /** As in the reading. */
  readonly sockets?: SocketReuse;
  /** Whether the own process was in such a state that times say little about the target. */
  readonly isDisturbed: boolean;
  /** Whether it was in the window before. What a blocked loop makes time out fails as soon as the loop turns again. */
  readonly isAftermath: boolean;
}
