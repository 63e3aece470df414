import type { OnHarm } from '../../twin-switch.js';
import type { WaitForArrival } from './arrivals.js';

/** What the polling twin is made with. */
export interface PollingOptions {
  /** Looks that each waiting request takes in one turn of the loop. */
  readonly looksPerTurn: number;
  /** Whether the twin should be gone by now; then nobody waits any more. */
  readonly expired: () => boolean;
  /** Called when a request begins to poll. */
  readonly onPoll: OnHarm;
}

/** Looks again and again, in each turn of the loop. No look takes long, so nothing is ever blocked; but the loop
 *  never sleeps, and everything else waits its turn. The good twin is wait-listening.ts. */
export function createPollingWait({ looksPerTurn, expired, onPoll }: PollingOptions): WaitForArrival {
  return function waitPolling(arrivals, afterId, signal) {
    if (expired()) return Promise.resolve();
    onPoll();
    return new Promise((resolve) => {
      const isOver = () => signal.aborted || expired() || arrivals.newestId() > afterId;
      function lookAgain(): void {
        if (isOver()) resolve();
        else schedule();
      }
      function schedule(): void {
        for (let look = 1; look < looksPerTurn; look += 1) setImmediate(isOver);
        setImmediate(lookAgain);
      }
      schedule();
    });
  };
}
