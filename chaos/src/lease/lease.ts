import type { FaultSignal } from '../fault.js';

/** Unit: ms. How long a fault runs when its lease does not say. */
export const defaultTtlMs = 60_000;
/** Unit: ms. Shortest lease; below it the fault would end before anybody could look. */
export const minTtlMs = 100;
/** Unit: ms. Longest lease: 15 minutes. Whoever needs more renews, and so proves to be still there. */
export const maxTtlMs = 900_000;

/** How a lease ended: on request, because its time was over, or because the service shut down. */
export type LeaseEnding = 'stopped' | 'expired' | 'closed';

/** The permission of one fault to run for a while, as HTTP callers see it. Times are ISO 8601 in UTC; those of
 *  `signal` are ms since the epoch. */
export interface Lease {
  readonly id: string;
  readonly fault: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Id of the drill that it belongs to; null when a person started it by hand. */
  readonly drill: string | null;
  readonly startedAt: string;
  readonly expiresAt: string;
  /** What the fault has done so far, read from the service itself. */
  readonly signal: FaultSignal;
}

/** Whether the fault is really gone, judged by its own signal. */
export interface Revert {
  /** True when the faulty code has not run again, false when it has or could not be stopped, null as long as
   *  work that was under way when the lease ended may still be running. */
  readonly verified: boolean | null;
  /** How often the faulty code had run when the lease ended. */
  readonly hitsAtEnd: number;
  /** How often it has run since then; requests that had already begun may add a few. */
  readonly hitsSince: number;
  /** Why the fault could not be stopped; null when it could. */
  readonly error: string | null;
}

/** A lease that is over. */
export interface EndedLease extends Lease {
  readonly endedAt: string;
  readonly ending: LeaseEnding;
  readonly revert: Revert;
}
