import http from 'node:http';
import type { OnHarm } from '../twin-switch.js';
import type { PriceAsker, PricingClient } from './client.js';
import { getPrice } from './get-price.js';
import { askPrice, type PriceQuery } from './price-query.js';

/** Past prices that each product is compared by. The pricing service needs some 2 ms for each. */
const pastPrices = 8;
/** Sockets that have been idle for so long are closed, so that nothing outlives the fault for long. Unit: ms. */
const idleMs = 5_000;

/** The bad twin: asks what similar products have cost lately along with the price, for a note such as "cheaper than
 *  others". It brings an agent of its own, with the one socket that did for the nightly import it was written for. */
export function createComparingPricing(
  good: PricingClient,
  options: {
    readonly sockets: number;
    readonly comparisons: number;
    readonly expired: () => boolean;
    readonly onHarm: OnHarm;
  },
): PriceAsker {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.sockets, timeout: idleMs });
  const compare = (productId: number, query: PriceQuery, signal: AbortSignal) => {
    const url = new URL(`${query(productId)}?history=${pastPrices}`, good.baseUrl);
    return getPrice(url, agent, signal);
  };
  return {
    async priceOf(productId, query = askPrice) {
      if (options.expired()) return good.priceOf(productId, query);
      const signal = AbortSignal.timeout(good.timeoutMs);
      const price = compare(productId, query, signal);
      for (let next = 1; next <= options.comparisons; next += 1)
        compare(productId + next, query, signal).catch(() => {});
      // Whoever is queued here waits for sockets alone: the service has not been asked yet.
      if (Object.keys(agent.requests).length > 0) options.onHarm();
      return price;
    },
  };
}
