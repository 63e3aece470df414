import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its calls to the pricing service can have too few sockets. */
export interface PriceComparisonContext {
  readonly priceComparison: {
    /** Asks for the prices of similar products along with each price, through an agent with a few sockets of its own. */
    useComparingTwin(options: {
      readonly sockets: number;
      readonly comparisons: number;
      readonly expired: () => boolean;
    }): RunningFault;
  };
}

/** `maxSockets` that did for the load of yesterday: the dependency answers each call as fast as ever, and the callers
 *  wait in our own process for their turn. From outside it looks like a slow dependency. */
export const tooFewSockets: Fault<PriceComparisonContext, 'sockets' | 'comparisons'> = {
  id: 'too-few-sockets',
  breaks:
    'Each price is asked for together with those of similar products, through an http.Agent with too few sockets for that.',
  parameters: {
    sockets: { fallback: 1, min: 1, max: 100, meaning: 'Most sockets of the agent.' },
    comparisons: {
      fallback: 8,
      min: 0,
      max: 30,
      meaning:
        'Similar products that are asked for along with each price; each takes some 20 ms of a socket.',
    },
  },
  mustCause: 'pool-exhausted',
  mustNotCause: [
    'dependency-slow',
    'dependency-failing',
    'event-loop-stall',
    'event-loop-saturated',
    'cpu-starved',
  ],
  start: ({ sockets, comparisons }, { priceComparison }, lease) =>
    priceComparison.useComparingTwin({
      sockets: Math.floor(sockets),
      comparisons: Math.floor(comparisons),
      expired: () => lease.expired(),
    }),
};
