import type { Logger } from '../../log.js';
import { type LeakingOptions, type LeakingViewCounts, leftMax } from './twin-options.js';
import { gatheredMs } from './view-counts.js';

/** Gathers the views of each request with a timer of its own, and nobody ever stops one. The good twin is
 *  view-counts.ts. */
export function createTimerViewCounts(log: Logger, options: LeakingOptions): LeakingViewCounts {
  const { perView, expired, onLeave } = options;
  const timers: NodeJS.Timeout[] = [];
  return {
    countView(productId) {
      if (expired() || timers.length >= leftMax) return;
      for (let left = 0; left < perView; left += 1) {
        timers.push(setInterval(() => log.debug({ productId }, 'viewed'), gatheredMs));
      }
      onLeave();
    },
    clear() {
      for (const timer of timers.splice(0)) clearInterval(timer);
    },
  };
}
