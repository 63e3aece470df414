import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that connections to its pricing service can come to nothing. */
export interface PricingAddressContext {
  readonly pricingAddress: {
    /** Opens connections to an address of the pricing service that it does not have any more, and at which nobody
     *  answers. Its stop closes what was opened. */
    useStaleTwin(options: { readonly expired: () => boolean }): RunningFault;
  };
}

/** The address that was looked up once, and kept: the service has moved, and packets to where it was are dropped. Not one
 *  request is ever sent, and nobody is told so before a limit of time. */
export const connectTimeouts: Fault<PricingAddressContext> = {
  id: 'connect-timeouts',
  breaks: 'Connections to the pricing service are opened to an address at which nobody answers.',
  parameters: {},
  mustCause: 'dependency-failing',
  mustNotCause: [
    'event-loop-stall',
    'event-loop-saturated',
    'cpu-starved',
    'dependency-slow',
    'pool-exhausted',
    'retry-storm',
  ],
  start: (_parameters, { pricingAddress }, lease) =>
    pricingAddress.useStaleTwin({ expired: () => lease.expired() }),
};
