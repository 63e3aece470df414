import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its cache can be made to wait for something that never comes. */
export interface ProductRefreshContext {
  readonly productRefresh: {
    /** Replaces the bounded cache by one whose every entry waits for one promise that lives as long as the process. Its
     *  stop lets go of what waits. */
    useAwaitingTwin(options: {
      readonly pagesPerVisit: number;
      readonly expired: () => boolean;
    }): RunningFault;
  };
}

/** `.then()` on a promise of a long-lived partner: nobody holds the callbacks, and nobody ever lets go of them. */
export const promisePerRequest: Fault<ProductRefreshContext, 'pagesPerVisit'> = {
  id: 'promise-per-request',
  breaks:
    'Cached products wait for the next price list by a promise that never settles and keeps all their callbacks.',
  parameters: {
    pagesPerVisit: {
      fallback: 200,
      min: 1,
      max: 2_000,
      meaning: 'Pages of some 2 kB that a callback holds, each time a product is looked at.',
    },
  },
  mustCause: 'heap-leak',
  mustNotCause: [
    'gc-pressure',
    'external-memory-growth',
    'rss-growth',
    'handle-leak',
    'event-loop-saturated',
  ],
  start: ({ pagesPerVisit }, { productRefresh }, lease) =>
    productRefresh.useAwaitingTwin({
      pagesPerVisit: Math.floor(pagesPerVisit),
      expired: () => lease.expired(),
    }),
};
