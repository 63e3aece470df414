import type { Logger } from '../../log.js';
import type { Product } from '../../product.js';

/** Notes which products a list has shown. */
export type ListLog = (products: readonly Product[]) => void;

/** The good one: a short line for those who look for something, through a destination that does not wait. The bad
 *  twin is list-log-verbose.ts. */
export const createListLog =
  (log: Logger): ListLog =>
  (products) =>
    log.debug({ count: products.length, firstId: products[0]?.id }, 'listed');
