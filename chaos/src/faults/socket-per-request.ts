import type { Fault } from '../fault.js';
import type { ViewCountsContext } from './view-counts-context.js';

/** A client that is made in a handler and never closed: each keeps a socket, and with it a descriptor, until there is none
 *  left to accept a visitor with. */
export const socketPerRequest: Fault<ViewCountsContext, 'socketsPerView'> = {
  id: 'socket-per-request',
  breaks: 'Views of products are told to a collector of statistics through sockets that are never closed.',
  parameters: {
    socketsPerView: {
      fallback: 0.1,
      min: 0.01,
      max: 10,
      meaning: 'Sockets that are left each time a product is looked at, on average; 5,000 in all.',
    },
  },
  mustCause: 'handle-leak',
  mustNotCause: ['heap-leak', 'gc-pressure', 'event-loop-stall', 'event-loop-saturated', 'dependency-slow'],
  start: ({ socketsPerView }, { viewCounts }, lease) =>
    viewCounts.useSocketTwin({ perView: socketsPerView, expired: () => lease.expired() }),
};
