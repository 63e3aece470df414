import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that answers of its pricing service can be left unread. */
export interface PricingStatusContext {
  readonly pricingStatus: {
    /** Asks whether the pricing service is up before each price, and looks at the status of the answer alone. Its stop
     *  reads what was left. */
    useUnreadTwin(options: { readonly expired: () => boolean }): RunningFault;
  };
}

/** The answer of which only the status matters: its body is a few bytes that nobody reads, and as long as nobody does,
 *  its socket is not free for the next request. */
export const bodiesNotRead: Fault<PricingStatusContext> = {
  id: 'bodies-not-read',
  breaks:
    'The pricing service is asked for its health before each price, and the body of the answer is never read.',
  parameters: {},
  mustCause: 'pool-exhausted',
  mustNotCause: [
    'dependency-slow',
    'dependency-failing',
    'event-loop-stall',
    'event-loop-saturated',
    'cpu-starved',
  ],
  start: (_parameters, { pricingStatus }, lease) =>
    pricingStatus.useUnreadTwin({ expired: () => lease.expired() }),
};
