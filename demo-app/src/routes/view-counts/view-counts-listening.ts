import { EventEmitter } from 'node:events';
import type { Logger } from '../../log.js';
import { type LeakingOptions, type LeakingViewCounts, leftMax } from './twin-options.js';
import { gatheredMs } from './view-counts.js';

/** One emitter for the whole process tells when views are to be written, and each request listens to it anew; nobody
 *  ever stops listening. The good twin is view-counts.ts. */
export function createListeningViewCounts(log: Logger, options: LeakingOptions): LeakingViewCounts {
  const { perView, expired, onLeave } = options;
  const clock = new EventEmitter();
  let sinceMs = Date.now();
  return {
    countView(productId) {
      if (expired() || clock.listenerCount('minute') >= leftMax) return;
      for (let left = 0; left < perView; left += 1) {
        clock.on('minute', () => log.debug({ productId }, 'viewed'));
      }
      onLeave();
      if (Date.now() - sinceMs < gatheredMs) return;
      sinceMs = Date.now();
      clock.emit('minute');
    },
    clear: () => void clock.removeAllListeners('minute'),
  };
}
