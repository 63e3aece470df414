import type { OnHarm } from '../twin-switch.js';
import { askPrice, type PriceQuery } from './price-query.js';

/** The bad twin: asks for the history along with the price, although nobody reads it. The pricing service looks the
 *  entries up one after the other before it answers. */
export function createHistoryQuery(options: {
  readonly entries: number;
  readonly expired: () => boolean;
  readonly onHarm: OnHarm;
}): PriceQuery {
  return (productId) => {
    if (options.expired()) return askPrice(productId);
    options.onHarm();
    return `${askPrice(productId)}?history=${options.entries}`;
  };
}
