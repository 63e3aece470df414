import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that the prices it asks for can be made to take long. */
export interface PricingLookupContext {
  readonly pricing: {
    /** Asks for each price with its history, which the pricing service looks up entry by entry. */
    useHistoryTwin(options: { readonly entries: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** The harmless parameter that makes another team's service do a hundred times the work: the price is the same, and
 *  the answer is late. Nothing in the asking process is busy meanwhile. */
export const slowPricingLookup: Fault<PricingLookupContext, 'entries'> = {
  id: 'slow-pricing-lookup',
  breaks: 'Prices are asked for with their history, which the pricing service looks up entry by entry.',
  parameters: {
    entries: {
      fallback: 80,
      min: 1,
      max: 400,
      meaning: 'Entries of the history; each takes the pricing service 2 to 3 ms.',
    },
  },
  mustCause: 'dependency-slow',
  mustNotCause: ['event-loop-stall', 'event-loop-saturated', 'cpu-starved', 'pool-exhausted'],
  start: ({ entries }, { pricing }, lease) =>
    pricing.useHistoryTwin({ entries: Math.floor(entries), expired: () => lease.expired() }),
};
