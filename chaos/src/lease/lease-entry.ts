import { ChaosError } from '../errors.js';
import type { RunningFault } from '../fault.js';
import type { EndedLease, Lease, LeaseEnding } from './lease.js';
import { type RevertCheck, readSignal } from './revert-check.js';

/** A running lease as the book keeps it. Times in ms since the epoch. */
export interface LeaseEntry {
  readonly id: string;
  /** The timekeeper's slot that holds its deadline. */
  readonly slot: number;
  readonly faultId: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly drill: string | null;
  readonly startedAtMs: number;
  expiresAtMs: number;
  /** Null while the fault is being started, and for one that could not be. */
  fault: RunningFault | null;
}

/** An ended lease as the book keeps it. */
export interface EndedEntry {
  readonly lease: LeaseEntry;
  readonly endedAtMs: number;
  readonly ending: LeaseEnding;
  readonly check: RevertCheck | null;
}

const iso = (ms: number) => new Date(ms).toISOString();
const nothingSeen = { hits: 0, firstHitAt: null, lastHitAt: null };

/** The lease as HTTP callers see it. */
export function describeLease(lease: LeaseEntry): Lease {
  return {
    id: lease.id,
    fault: lease.faultId,
    parameters: lease.parameters,
    drill: lease.drill,
    startedAt: iso(lease.startedAtMs),
    expiresAt: iso(lease.expiresAtMs),
    signal: lease.fault ? readSignal(lease.fault) : nothingSeen,
  };
}

/** The ended lease as HTTP callers see it. */
export function describeEnded({ lease, endedAtMs, ending, check }: EndedEntry): EndedLease {
  const revert = check?.read() ?? { verified: true, hitsAtEnd: 0, hitsSince: 0, error: null };
  return { ...describeLease(lease), endedAt: iso(endedAtMs), ending, revert };
}

/** Refuses when a lease belongs to somebody else than `drill`.
 *  @throws ChaosError `target-taken`, naming who holds the target and until when. */
export function refuseOtherDrill(leases: readonly LeaseEntry[], drill: string | null): void {
  const foreign = leases.find((lease) => lease.drill !== drill);
  if (!foreign) return;
  const holder = foreign.drill === null ? 'a fault started by hand' : `drill ${foreign.drill}`;
  throw new ChaosError(
    'target-taken',
    `${holder} holds this target until ${iso(foreign.expiresAtMs)} at the latest (lease ${foreign.id})`,
    { lease: foreign.id, drill: foreign.drill },
  );
}
