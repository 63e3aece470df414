import type { Fault } from '../fault.js';
import type { PricingNetworkContext } from './slow-pricing.js';

/** The proxy that keeps idle connections for a shorter time than its clients do, and tells nobody when it lets go of
 *  one: whoever uses a connection of about that age finds that it was closed meanwhile, and the service behind it is well. */
export const keepAliveRace: Fault<PricingNetworkContext, 'idleMs'> = {
  id: 'keep-alive-race',
  breaks:
    'Kept connections to the pricing service are forgotten once they have been idle, and reset by their next request, by a toxic of the TCP proxy in front of it.',
  parameters: {
    idleMs: {
      fallback: 100,
      min: 1,
      max: 60_000,
      meaning:
        'Idle time after which a connection is forgotten, in milliseconds; at ten prices a second a third of the pauses are longer than the default.',
    },
  },
  mustCause: 'dependency-failing',
  mustNotCause: [
    'event-loop-stall',
    'event-loop-saturated',
    'cpu-starved',
    'dependency-slow',
    'pool-exhausted',
    'retry-storm',
  ],
  start: ({ idleMs }, { pricingNetwork }) =>
    pricingNetwork.useToxic({
      type: 'idle_reset',
      stream: 'upstream',
      attributes: { timeout: Math.round(idleMs) },
    }),
};
