import type { Fault, FaultLease } from '../../src/index.js';

/** A fault that only counts, and remembers how it was started and stopped. */
export interface CountingFault {
  readonly fault: Fault<CountingContext, 'rate'>;
  readonly context: CountingContext;
}

export interface CountingContext {
  started: Readonly<Record<string, number>>[];
  stops: number;
  lease: FaultLease | null;
  hits: number;
}

export function createCountingFault(id = 'counting'): CountingFault {
  const context: CountingContext = { started: [], stops: 0, lease: null, hits: 0 };
  const fault: Fault<CountingContext, 'rate'> = {
    id,
    breaks: 'Nothing: it counts.',
    parameters: { rate: { fallback: 2, min: 1, max: 5, meaning: 'hits a second' } },
    mustCause: 'event-loop-stall',
    mustNotCause: [],
    start(parameters, given, lease) {
      given.started.push(parameters);
      given.lease = lease;
      return {
        signal: () => ({
          hits: given.hits,
          firstHitAt: given.hits ? 1000 : null,
          lastHitAt: given.hits ? 2000 : null,
        }),
        stop: () => {
          given.stops += 1;
        },
      };
    },
  };
  return { fault, context };
}
