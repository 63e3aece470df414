import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its waiting requests can be made to starve the loop. */
export interface ArrivalsTickContext {
  readonly arrivals: {
    /** Makes each waiting request look for `lookMs` from one tick to the next before it sleeps. Timers do not run
     *  meanwhile, so the twin watches the clock and `expired` itself. */
    useTickingTwin(options: { readonly lookMs: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** Thousands of callbacks that are all quick, and the loop does not turn once between them. */
export const microtaskRecursion: Fault<ArrivalsTickContext, 'lookMs'> = {
  id: 'microtask-recursion',
  breaks: 'Requests that wait for a new product first look for it by process.nextTick, again and again.',
  parameters: {
    lookMs: {
      fallback: 400,
      min: 1,
      max: 5_000,
      meaning: 'Time in ms that each waiting request looks before it sleeps; so long nobody else is served.',
    },
  },
  mustCause: 'event-loop-stall',
  mustNotCause: ['cpu-starved', 'event-loop-saturated', 'dependency-slow'],
  start: ({ lookMs }, { arrivals }, lease) =>
    arrivals.useTickingTwin({ lookMs, expired: () => lease.expired() }),
};
