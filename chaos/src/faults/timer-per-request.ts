import type { Fault } from '../fault.js';
import type { ViewCountsContext } from './view-counts-context.js';

/** `setInterval` in a handler: each request leaves a timer that runs for good. */
export const timerPerRequest: Fault<ViewCountsContext, 'timersPerView'> = {
  id: 'timer-per-request',
  breaks:
    'Views of products are gathered by a timer for each request that is never cleared, instead of one map.',
  parameters: {
    timersPerView: {
      fallback: 1,
      min: 1,
      max: 100,
      meaning: 'Timers that are left each time a product is looked at; 20,000 in all.',
    },
  },
  mustCause: 'handle-leak',
  mustNotCause: ['heap-leak', 'gc-pressure', 'event-loop-stall', 'event-loop-saturated', 'dependency-slow'],
  start: ({ timersPerView }, { viewCounts }, lease) =>
    viewCounts.useTimerTwin({ perView: Math.floor(timersPerView), expired: () => lease.expired() }),
};
