import type { Stall } from '../protocol/stall.js';

/** What this agent holds the main thread up with: `heap-snapshot` when somebody asked for one, `profile` when a profile
 *  begins or ends, or a collection was asked for. */
export const ownCauses = ['heap-snapshot', 'profile'] as const;

/** A part that may hold the main thread up. */
export interface Pausing {
  explains(stall: Stall): boolean;
}

/** Says which of the own work a block is due to. */
export type OwnPauses = (stall: Stall) => (typeof ownCauses)[number] | null;

/** The own work that a block is due to; null for a block that the service has to answer for. */
export function createOwnPauses(snapshots: Pausing, profiles: readonly Pausing[]): OwnPauses {
  return (stall) => {
    if (snapshots.explains(stall)) return 'heap-snapshot';
    return profiles.some((each) => each.explains(stall)) ? 'profile' : null;
  };
}
