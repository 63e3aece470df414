import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its cache can be made to grow. */
export interface ProductCacheContext {
  readonly productCache: {
    /** Replaces the bounded cache by a Map that keeps everything under keys that never come again. Its stop lets go
     *  of what was kept. */
    useGrowingTwin(options: {
      readonly pagesPerVisit: number;
      readonly expired: () => boolean;
    }): RunningFault;
  };
}

/** `const cache = new Map()`: right in every test, and out of memory on Thursday. */
export const unboundedCache: Fault<ProductCacheContext, 'pagesPerVisit'> = {
  id: 'unbounded-cache',
  breaks: 'The bounded product cache is replaced by a Map under keys of visits, which only grows.',
  parameters: {
    pagesPerVisit: {
      fallback: 200,
      min: 1,
      max: 2_000,
      meaning: 'Pages of some 2 kB that are kept each time a product is looked at.',
    },
  },
  mustCause: 'heap-leak',
  mustNotCause: ['gc-pressure', 'external-memory-growth', 'rss-growth', 'event-loop-saturated'],
  start: ({ pagesPerVisit }, { productCache }, lease) =>
    productCache.useGrowingTwin({
      pagesPerVisit: Math.floor(pagesPerVisit),
      expired: () => lease.expired(),
    }),
};
