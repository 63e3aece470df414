import type http from 'node:http';
import { getPrice } from './get-price.js';
import type { Price } from './price.js';
import { askPrice, type PriceQuery } from './price-query.js';
import { WatchedAgent } from './watched-agent.js';

/** Asks the pricing service. */
export interface PriceAsker {
  /** Asks by `query`. Rejects when the service does not give a price in time; the caller decides what that means. */
  priceOf(productId: number, query?: PriceQuery): Promise<Price>;
}

/** The way to the pricing service. */
export interface PricingClient extends PriceAsker {
  readonly baseUrl: string;
  /** Longest that a whole call takes. */
  readonly timeoutMs: number;
  /** The sockets that all calls share. */
  readonly agent: http.Agent;
  /** Closes sockets that one call has had for so long. Returns how many. Unit: ms. */
  takeBackHeld(heldMs: number): number;
  /** From now on sockets are kept between calls only while `mayKeep` says so. */
  keepSockets(mayKeep: () => boolean): void;
  close(): void;
}

/** Keeps sockets open between calls, and never more than `socketsMax` of them. */
export function createPricingClient(
  baseUrl: string,
  limits: { readonly timeoutMs: number; readonly socketsMax: number },
): PricingClient {
  const agent = new WatchedAgent({
    keepAlive: true,
    maxSockets: limits.socketsMax,
    maxFreeSockets: limits.socketsMax,
  });
  return {
    baseUrl,
    timeoutMs: limits.timeoutMs,
    agent,
    async priceOf(productId, query = askPrice) {
      const url = new URL(query(productId), baseUrl);
      // The limit holds for the whole call: waiting for a socket, connecting and reading.
      return getPrice(url, agent, AbortSignal.timeout(limits.timeoutMs));
    },
    takeBackHeld: (heldMs) => agent.takeBack(heldMs),
    keepSockets: (mayKeep) => agent.keepWhile(mayKeep),
    close: () => agent.destroy(),
  };
}
