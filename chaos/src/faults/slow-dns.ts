import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that the name of its pricing service can take long to be looked up. */
export interface PricingNameContext {
  readonly pricingName: {
    /** Opens a connection for each price, and asks a slow server of names for the address each time. */
    useUncachedTwin(options: { readonly delayMs: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** A new connection for each call, whose name is looked up anew: nobody notices until the server of names gets slow. The
 *  dependency itself is as fast as ever, and its own dashboard shows nothing. */
export const slowDns: Fault<PricingNameContext, 'delayMs'> = {
  id: 'slow-dns',
  breaks:
    'Each price is asked for over a new connection, and the name of the service is looked up late each time.',
  parameters: {
    delayMs: { fallback: 300, min: 1, max: 5_000, meaning: 'Time that each look-up takes, in milliseconds.' },
  },
  mustCause: 'dependency-slow',
  mustNotCause: [
    'event-loop-stall',
    'event-loop-saturated',
    'cpu-starved',
    'dependency-failing',
    'pool-exhausted',
    'threadpool-saturated',
  ],
  start: ({ delayMs }, { pricingName }, lease) =>
    pricingName.useUncachedTwin({ delayMs, expired: () => lease.expired() }),
};
