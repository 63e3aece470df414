import type { OnHarm } from '../twin-switch.js';
import type { Retry } from './retry.js';

/** The bad twin: asks again at once, and again, whatever the reason is. Nobody counts how much that is in sum. */
export function createNaiveRetry(options: {
  readonly attempts: number;
  readonly expired: () => boolean;
  readonly onHarm: OnHarm;
}): Retry {
  return async (ask) => {
    for (let attempt = 1; attempt < options.attempts && !options.expired(); attempt += 1) {
      try {
        return await ask();
      } catch {
        options.onHarm();
      }
    }
    return ask();
  };
}
