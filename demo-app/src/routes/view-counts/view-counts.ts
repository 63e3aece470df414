import type { Logger } from '../../log.js';

/** Counts that a product has been looked at. */
export type CountView = (productId: number) => void;

/** How long views are gathered before they are written. Unit: ms. */
export const gatheredMs = 60_000;

/** The good one: one map for all views, emptied with the first view after a minute, so that it holds at most each product
 *  once, and no timer. The bad twins are view-counts-timers.ts, view-counts-listening.ts and view-counts-sockets.ts. */
export function createViewCounts(log: Logger, now: () => number = Date.now): CountView {
  const views = new Map<number, number>();
  let sinceMs = now();
  return function countView(productId) {
    if (now() - sinceMs >= gatheredMs) {
      log.debug(
        { products: views.size, views: [...views.values()].reduce((sum, n) => sum + n, 0) },
        'viewed',
      );
      views.clear();
      sinceMs = now();
    }
    views.set(productId, (views.get(productId) ?? 0) + 1);
  };
}
