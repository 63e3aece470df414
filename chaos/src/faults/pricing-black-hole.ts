import type { Fault } from '../fault.js';
import type { PricingNetworkContext } from './slow-pricing.js';

/** The dependency that accepts every connection and never answers, like a host behind a firewall that has begun to
 *  drop packets: without a limit of time, its callers wait for ever. */
export const pricingBlackHole: Fault<PricingNetworkContext, 'toxicity'> = {
  id: 'pricing-black-hole',
  breaks:
    'The pricing service accepts connections and never answers, by a toxic of the TCP proxy in front of it.',
  parameters: {
    toxicity: {
      fallback: 1,
      min: 0.01,
      max: 1,
      meaning: 'Share of the connections that are never answered.',
    },
  },
  mustCause: 'dependency-failing',
  mustNotCause: ['event-loop-stall', 'event-loop-saturated', 'cpu-starved', 'pool-exhausted'],
  start: ({ toxicity }, { pricingNetwork }) =>
    pricingNetwork.useToxic({ type: 'timeout', stream: 'downstream', toxicity, attributes: { timeout: 0 } }),
};
