import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that the prices it asks for can fail, and be asked for again without end. */
export interface FailingPricingContext {
  readonly failingPricing: {
    /** Asks in a way that the pricing service cannot answer for some of the products, and again at once when it fails. */
    useRetryingTwin(options: {
      readonly failingShare: number;
      readonly attempts: number;
      readonly expired: () => boolean;
    }): RunningFault;
  };
}

/** The dependency that has lost a part of its store, and the loop around a call that somebody wrote to be on the safe
 *  side: what cannot succeed is asked for again and again, and the dependency gets several times its usual load just
 *  when it is ill. */
export const failingPricing: Fault<FailingPricingContext, 'failingShare' | 'attempts'> = {
  id: 'failing-pricing',
  breaks:
    'The pricing service answers 503 for a share of the products, and each failed price is asked for again at once.',
  parameters: {
    failingShare: {
      fallback: 0.3,
      min: 0.01,
      max: 1,
      meaning: 'Share of the products whose price the service cannot give.',
    },
    attempts: {
      fallback: 8,
      min: 1,
      max: 20,
      meaning: 'How often a price is asked for, one time after the other.',
    },
  },
  mustCause: 'retry-storm',
  mustNotCause: ['event-loop-stall', 'event-loop-saturated', 'cpu-starved', 'dependency-slow'],
  start: ({ failingShare, attempts }, { failingPricing: pricing }, lease) =>
    pricing.useRetryingTwin({
      failingShare,
      attempts: Math.floor(attempts),
      expired: () => lease.expired(),
    }),
};
