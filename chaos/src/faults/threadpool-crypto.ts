import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its preview links can be made to fill the thread pool. */
export interface PreviewLinkKeysContext {
  readonly previewLinkKeys: {
    /** Replaces the one key of a link by many at once. Nothing can end a derivation early, so both numbers bound it. */
    useFloodingTwin(options: {
      readonly keys: number;
      readonly iterations: number;
      readonly expired: () => boolean;
    }): RunningFault;
  };
}

/** The asynchronous call that a review is glad to see, a hundred times at once: the loop stays free, and all files and
 *  host names wait. */
export const threadpoolCrypto: Fault<PreviewLinkKeysContext, 'keys' | 'iterations'> = {
  id: 'threadpool-crypto',
  breaks: 'Each preview link derives the keys of all pages of the shop at once, in the thread pool.',
  parameters: {
    keys: {
      fallback: 48,
      min: 1,
      max: 256,
      meaning: 'Keys of one link that are derived at once; the pool has 4 threads or fewer.',
    },
    iterations: {
      fallback: 600_000,
      min: 1,
      max: 2_000_000,
      meaning: 'Rounds of each derivation; a million take about 200 ms of a CPU.',
    },
  },
  mustCause: 'threadpool-saturated',
  mustNotCause: ['event-loop-stall', 'event-loop-saturated', 'cpu-starved', 'dependency-slow'],
  start: ({ keys, iterations }, { previewLinkKeys }, lease) =>
    previewLinkKeys.useFloodingTwin({
      keys: Math.floor(keys),
      iterations: Math.floor(iterations),
      expired: () => lease.expired(),
    }),
};
