import { LRUCache } from 'lru-cache';
import type { Features } from '../features.js';
import type { PriceAsker } from './client.js';
import type { Price } from './price.js';
import type { PriceQuery } from './price-query.js';
import type { Retry } from './retry.js';

/** A price, and how it was come by. */
export interface KnownPrice {
  readonly price: Price;
  readonly priceStatus: 'current' | 'remembered';
}

/** Prices that outlive a bad hour of the pricing service. */
export interface Prices {
  /** Null when nobody knows the price. Rejects when the pricing service does not give one in time. */
  of(productId: number): Promise<KnownPrice | null>;
}

/** An old price is wrong one day, but on most days it is better than none. */
const rememberedMs = 60 * 60 * 1_000;
const remembered = 20_000;

/** Asks the pricing service and remembers what it says. While an operator has switched `live-prices` off, nobody is
 *  asked, so that nobody waits: the newest price that is remembered has to do. */
export function createPrices(
  pricing: () => PriceAsker,
  features: Features,
  query: () => PriceQuery,
  retry: () => Retry,
): Prices {
  const known = new LRUCache<number, Price>({ max: remembered, ttl: rememberedMs });
  return {
    async of(productId) {
      if (!features.isEnabled('live-prices')) {
        const price = known.get(productId);
        return price === undefined ? null : { price, priceStatus: 'remembered' };
      }
      const price = await retry()(() => pricing().priceOf(productId, query()));
      known.set(productId, price);
      return { price, priceStatus: 'current' };
    },
  };
}
