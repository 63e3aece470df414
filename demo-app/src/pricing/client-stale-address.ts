import http, { type ClientRequestArgs } from 'node:http';
import { connect, type Socket } from 'node:net';
import { openSilentHost } from '@faultline/chaos';
import type { OnHarm } from '../twin-switch.js';
import type { PriceAsker, PricingClient } from './client.js';
import { getPrice } from './get-price.js';
import { askPrice } from './price-query.js';

/** The agent that somebody wrote to save the look-ups of names: it connects to the address that it was told once. */
class StaleAddressAgent extends http.Agent {
  readonly #port: number;

  constructor(port: number) {
    super({ keepAlive: true, maxSockets: 32 });
    this.#port = port;
  }

  override createConnection(_options: ClientRequestArgs): Socket {
    return connect(this.#port, '127.0.0.1');
  }
}

/** The bad twin: the pricing service has moved since its address was kept, and nobody is left where it was. */
export function createStaleAddressPricing(
  good: PricingClient,
  options: { readonly expired: () => boolean; readonly onHarm: OnHarm },
): PriceAsker & { close(): void } {
  const host = openSilentHost();
  const agent = host.port.then((port) => new StaleAddressAgent(port));
  // Without the host each price rejects, and that is said there.
  agent.catch(() => {});
  return {
    async priceOf(productId, query = askPrice) {
      if (options.expired()) return good.priceOf(productId, query);
      const url = new URL(query(productId), good.baseUrl);
      const price = getPrice(url, await agent, AbortSignal.timeout(good.timeoutMs));
      options.onHarm();
      return price;
    },
    close() {
      host.close();
      agent.then((opened) => opened.destroy()).catch(() => {});
    },
  };
}
