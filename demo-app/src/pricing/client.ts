import http from 'node:http';
import { type Price, priceSchema } from './price.js';
import { askPrice, type PriceQuery } from './price-query.js';

/** Asks the pricing service. */
export interface PricingClient {
  /** Asks by `query`. Rejects when the service does not give a price in time; the caller decides what that means. */
  priceOf(productId: number, query?: PriceQuery): Promise<Price>;
  close(): void;
}

/** Longest answer that is read. Unit: bytes. */
const answerLimitBytes = 10_000;

/** Keeps sockets open between calls, and never more than `socketsMax` of them. */
export function createPricingClient(
  baseUrl: string,
  limits: { readonly timeoutMs: number; readonly socketsMax: number },
): PricingClient {
  const agent = new http.Agent({
    keepAlive: true,
    maxSockets: limits.socketsMax,
    maxFreeSockets: limits.socketsMax,
  });
  return {
    async priceOf(productId, query = askPrice) {
      const url = new URL(query(productId), baseUrl);
      // The limit holds for the whole call: waiting for a socket, connecting and reading.
      const text = await getText(url, agent, AbortSignal.timeout(limits.timeoutMs));
      return priceSchema.parse(JSON.parse(text));
    },
    close: () => agent.destroy(),
  };
}

function getText(url: URL, agent: http.Agent, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, signal, headers: { Accept: 'application/json' } });
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > answerLimitBytes) request.destroy(new Error('the price is longer than 10 kB'));
      });
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`the pricing service answered ${response.statusCode}`));
      });
    });
  });
}
