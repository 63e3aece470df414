import http, { type ClientRequestArgs } from 'node:http';
import { connect, type Socket } from 'node:net';
import { openSilentHost } from '@faultline/chaos';
import { type AskThroughOptions, askThrough } from './ask-through.js';
import type { PriceAsker, PricingClient } from './client.js';

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
  options: AskThroughOptions,
): PriceAsker & { close(): void } {
  const host = openSilentHost();
  const agent = host.port.then((port) => new StaleAddressAgent(port));
  return {
    ...askThrough(agent, good, options),
    close() {
      host.close();
      agent.then((opened) => opened.destroy()).catch(() => {});
    },
  };
}
