import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that whoever reads its standard output can be made slow. The reader is outside of the
 *  process; what starts the service has to be asked. */
export interface OutputContext {
  readonly output: {
    /** Lets the reader take nothing for `stallMs`, again and again with a short burst between, and logs every product
     *  of a list in full, synchronously, so that the pipe fills. Throws when nobody can be asked. Nothing that was
     *  written is lost: it is read in the bursts, and when the fault ends. */
    useStalledReader(options: { readonly stallMs: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** The collector that cannot keep up. The pipe is full most of the time, and each log call waits until there is room:
 *  the process uses no CPU, and the loop does not turn. */
export const stalledStdout: Fault<OutputContext, 'stallMs'> = {
  id: 'stalled-stdout',
  breaks: 'Whoever reads stdout stalls again and again, while lists of products are logged in full.',
  parameters: {
    stallMs: {
      fallback: 2_500,
      min: 500,
      // Longer pauses would keep the loop from hearing that the fault is to end.
      max: 4_000,
      meaning: 'Time in ms that the reader sleeps between two bursts.',
    },
  },
  mustCause: 'log-backpressure',
  mustNotCause: ['event-loop-stall', 'event-loop-saturated', 'cpu-starved'],
  start: ({ stallMs }, { output }, lease) =>
    output.useStalledReader({ stallMs, expired: () => lease.expired() }),
};
