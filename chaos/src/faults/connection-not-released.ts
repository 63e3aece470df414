import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that connections of its database pool can be lost. */
export interface ParcelContext {
  readonly parcels: {
    /** Reads what goes into a parcel by a query that fails, and keeps the connection then. Its stop gives back what was
     *  kept. */
    useLeakingTwin(options: { readonly expired: () => boolean }): RunningFault;
  };
}

/** The release that stands after the query instead of in `finally`: never noticed, until the first query fails. */
export const connectionNotReleased: Fault<ParcelContext> = {
  id: 'connection-not-released',
  breaks:
    'The query for a parcel asks for a column that no migration has made yet, and its connection is not given back.',
  parameters: {},
  mustCause: 'pool-exhausted',
  mustNotCause: ['dependency-slow', 'event-loop-stall', 'event-loop-saturated', 'cpu-starved'],
  start: (_parameters, { parcels }, lease) => parcels.useLeakingTwin({ expired: () => lease.expired() }),
};
