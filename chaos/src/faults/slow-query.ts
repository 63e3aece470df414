import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its searches can be made to take long in the database. */
export interface SearchQueryContext {
  readonly searchQuery: {
    /** Searches by a statement that stays in the server for so long. */
    useSlowTwin(options: { readonly seconds: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** The statement that was fast until the table grew, or its index was dropped: each search holds a connection for
 *  seconds, and soon there is none left for anybody. */
export const slowQuery: Fault<SearchQueryContext, 'seconds'> = {
  id: 'slow-query',
  breaks:
    'Searches are made by a statement that takes seconds in the database, as one without its index does.',
  parameters: {
    seconds: {
      fallback: 4,
      min: 0.1,
      max: 9,
      meaning: 'Time that each search takes in the database, in seconds; it rests there and uses no CPU.',
    },
  },
  mustCause: 'pool-exhausted',
  mustNotCause: ['dependency-slow', 'event-loop-stall', 'event-loop-saturated', 'cpu-starved'],
  start: ({ seconds }, { searchQuery }, lease) =>
    searchQuery.useSlowTwin({ seconds, expired: () => lease.expired() }),
};
