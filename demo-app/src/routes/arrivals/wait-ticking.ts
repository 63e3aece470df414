import type { OnHarm } from '../../twin-switch.js';
import type { WaitForArrival } from './arrivals.js';
import { waitListening } from './wait-listening.js';

/** What the ticking twin is made with. */
export interface TickingOptions {
  /** Unit: ms. How long each waiting request looks before it sleeps. */
  readonly lookMs: number;
  /** Whether the twin should be gone by now; then it sleeps at once. */
  readonly expired: () => boolean;
  /** Called just before the loop is starved. */
  readonly onStarve: OnHarm;
}

/** Products often come in a row, so this one looks for a moment before it sleeps, and lets others go first between two
 *  looks; or so it seems. But ticks come before everything else that waits: a tick that queues the next one keeps the
 *  loop from turning, so that no product can come as long as it looks. The good twin is wait-listening.ts. */
export function createTickingWait({ lookMs, expired, onStarve }: TickingOptions): WaitForArrival {
  return async function waitTicking(arrivals, afterId, signal) {
    if (!expired()) {
      onStarve();
      const endMs = performance.now() + lookMs;
      await lookUntil(() => performance.now() >= endMs || expired() || arrivals.newestId() > afterId);
    }
    if (arrivals.newestId() <= afterId) await waitListening(arrivals, afterId, signal);
  };
}

function lookUntil(isOver: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    function lookAgain(): void {
      if (isOver()) resolve();
      else process.nextTick(lookAgain);
    }
    lookAgain();
  });
}
