import type http from 'node:http';
import type { OnHarm } from '../twin-switch.js';
import type { PriceAsker, PricingClient } from './client.js';
import { getPrice } from './get-price.js';
import { askPrice } from './price-query.js';

/** When a twin that asks through an agent of its own is over, and who is told of what it does. */
export interface AskThroughOptions {
  /** Whether the twin should be gone by now; then the good client asks. */
  readonly expired: () => boolean;
  /** Called for each call through the agent. */
  readonly onHarm: OnHarm;
}

/** Asks for prices as the good client does, but through another agent, once that is there. Without it each price rejects,
 *  and that is said there. */
export function askThrough(
  agent: Promise<http.Agent>,
  good: PricingClient,
  { expired, onHarm }: AskThroughOptions,
): PriceAsker {
  agent.catch(() => {});
  return {
    async priceOf(productId, query = askPrice) {
      if (expired()) return good.priceOf(productId, query);
      const url = new URL(query(productId), good.baseUrl);
      const price = getPrice(url, await agent, AbortSignal.timeout(good.timeoutMs));
      onHarm();
      return price;
    },
  };
}
