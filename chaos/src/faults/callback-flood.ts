import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its waiting requests can be made to poll. */
export interface ArrivalsContext {
  readonly arrivals: {
    /** Replaces the wait for an event by looks in each turn of the loop. All of them end with the lease. */
    usePollingTwin(options: { readonly looksPerTurn: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** Thousands of callbacks that are all quick: nothing blocks, and the loop has no time left. */
export const callbackFlood: Fault<ArrivalsContext, 'looksPerTurn'> = {
  id: 'callback-flood',
  breaks: 'Requests that wait for a new product look for it in every turn of the loop instead of sleeping.',
  parameters: {
    looksPerTurn: {
      fallback: 200,
      min: 1,
      max: 5_000,
      meaning: 'Looks that each waiting request takes in one turn of the loop.',
    },
  },
  mustCause: 'event-loop-saturated',
  mustNotCause: ['event-loop-stall', 'cpu-starved', 'dependency-slow'],
  start: ({ looksPerTurn }, { arrivals }, lease) =>
    arrivals.usePollingTwin({ looksPerTurn: Math.floor(looksPerTurn), expired: () => lease.expired() }),
};
