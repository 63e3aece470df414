import type { Fault } from '../fault.js';
import type { ViewCountsContext } from './view-counts-context.js';

/** `emitter.on()` in a handler: each request leaves a listener on an emitter that lives as long as the process. */
export const listenerPerRequest: Fault<ViewCountsContext, 'listenersPerView'> = {
  id: 'listener-per-request',
  breaks:
    'Views of products are gathered by a listener for each request that is never removed, instead of one map.',
  parameters: {
    listenersPerView: {
      fallback: 1,
      min: 1,
      max: 100,
      meaning: 'Listeners that are left each time a product is looked at; 20,000 in all.',
    },
  },
  mustCause: 'handle-leak',
  mustNotCause: ['heap-leak', 'gc-pressure', 'event-loop-stall', 'event-loop-saturated', 'dependency-slow'],
  start: ({ listenersPerView }, { viewCounts }, lease) =>
    viewCounts.useListeningTwin({ perView: Math.floor(listenersPerView), expired: () => lease.expired() }),
};
