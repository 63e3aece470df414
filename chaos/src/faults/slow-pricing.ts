import type { Fault } from '../fault.js';
import type { NetworkDoor } from '../network/door.js';

/** What a service offers so that the network to its pricing service can be made bad. */
export interface PricingNetworkContext {
  readonly pricingNetwork: NetworkDoor;
}

/** The dependency that still answers, only later: nobody's alarm for errors goes off, and everything waits. */
export const slowPricing: Fault<PricingNetworkContext, 'latencyMs' | 'jitterMs'> = {
  id: 'slow-pricing',
  breaks: 'The answers of the pricing service come late, by a toxic of the TCP proxy in front of it.',
  parameters: {
    latencyMs: { fallback: 300, min: 1, max: 60_000, meaning: 'Delay of each answer, in milliseconds.' },
    jitterMs: {
      fallback: 50,
      min: 0,
      max: 60_000,
      meaning: 'Most that the delay varies by, in milliseconds.',
    },
  },
  mustCause: 'dependency-slow',
  mustNotCause: [
    'event-loop-stall',
    'event-loop-saturated',
    'cpu-starved',
    'dependency-failing',
    'pool-exhausted',
  ],
  start: ({ latencyMs, jitterMs }, { pricingNetwork }) =>
    pricingNetwork.useToxic({
      type: 'latency',
      stream: 'downstream',
      attributes: { latency: Math.round(latencyMs), jitter: Math.round(jitterMs) },
    }),
};
