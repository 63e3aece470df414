import { Failure } from '../failure.js';
import { type Child, type ChildOptions, startChild } from './child.js';

/** A process that is ready, and what it said about itself. */
export interface Launched<Ready> {
  readonly pid: number;
  readonly ready: Ready;
}

/** The processes that run, in the order in which they were started. */
export interface Fleet {
  /** Starts a process and waits until it is ready. `stopMs` is how long it may take to end before it is killed. */
  launch<Ready>(options: ChildOptions<Ready>, stopMs: number): Promise<Launched<Ready>>;
  /** Ends them all, the last started first: nobody loses what it still needs. Harmless when called twice. */
  stop(): Promise<void>;
}

/** An empty fleet. `onLost` hears of a process that was ready and has ended unasked. */
export function createFleet(onLost: (failure: Failure) => void): Fleet {
  const running: { readonly child: Child<unknown>; readonly stopMs: number }[] = [];
  let stopping: Promise<void> | null = null;
  const stopAll = async () => {
    for (const { child, stopMs } of running.toReversed()) await child.stop(stopMs);
  };
  return {
    async launch<Ready>(options: ChildOptions<Ready>, stopMs: number) {
      if (stopping !== null) throw new Failure('ERR_DEMO_STOPPED', 'The demo is being stopped.');
      const child = startChild(options);
      running.push({ child, stopMs });
      const ready = await child.ready;
      void child.exited.then((how) => {
        if (stopping === null)
          onLost(new Failure('ERR_DEMO_LOST', `${child.name} ended unexpectedly (${how}).`));
      });
      return { pid: child.pid, ready };
    },
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
