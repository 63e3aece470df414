import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its preview links can be made to block. */
export interface PreviewLinksContext {
  readonly previewLinks: {
    /** Replaces the key derivation in the thread pool by the one on the main thread. Nothing can end one early, so
     *  `iterations` bounds it. */
    useSyncTwin(options: { readonly iterations: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** The synchronous call that a review overlooks, because it is one word longer. */
export const syncCrypto: Fault<PreviewLinksContext, 'iterations'> = {
  id: 'sync-crypto',
  breaks: 'The key of a preview link is derived on the main thread instead of in the thread pool.',
  parameters: {
    iterations: {
      fallback: 1_500_000,
      min: 1,
      max: 10_000_000,
      meaning: 'Rounds of the key derivation; a million take about 200 ms.',
    },
  },
  mustCause: 'event-loop-stall',
  mustNotCause: ['cpu-starved', 'event-loop-saturated', 'threadpool-saturated'],
  start: ({ iterations }, { previewLinks }, lease) =>
    previewLinks.useSyncTwin({ iterations: Math.floor(iterations), expired: () => lease.expired() }),
};
