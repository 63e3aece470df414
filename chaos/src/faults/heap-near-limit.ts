import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its heap can be filled and kept full. */
export interface OversizedCacheContext {
  readonly oversizedCache: {
    /** Replaces the product cache by one whose bound is too large for the heap: it is warmed up at once and then
     *  stays as large as it is. Its stop lets go of what was kept. */
    useOversizedTwin(options: { readonly fillShare: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** A cache with a bound, and the bound is wrong: nothing leaks, and the next large answer is the end. */
export const heapNearLimit: Fault<OversizedCacheContext, 'fillPercent'> = {
  id: 'heap-near-limit',
  breaks: 'The product cache is warmed up to a size that leaves the heap hardly any room, and stays there.',
  parameters: {
    fillPercent: {
      fallback: 91,
      min: 50,
      max: 94,
      meaning: 'Share of the heap that is kept full, in percent. Give the service a small heap first.',
    },
  },
  mustCause: 'heap-near-limit',
  mustNotCause: ['heap-leak', 'external-memory-growth', 'rss-growth', 'event-loop-saturated'],
  start: ({ fillPercent }, { oversizedCache }, lease) =>
    oversizedCache.useOversizedTwin({ fillShare: fillPercent / 100, expired: () => lease.expired() }),
};
