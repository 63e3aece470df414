import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { OnHarm } from '../twin-switch.js';
import type { PriceAsker, PricingClient } from './client.js';

/** How long it is believed that the service is up. Unit: ms. */
const freshMs = 200;

/** A client, and what its bad habit has cost so far. */
export interface UnreadPricing extends PriceAsker {
  /** Reads every answer that was left unread, which gives the sockets back. */
  readAll(): void;
}

/** The bad twin: looks whether the pricing service is up before it asks, to be on the safe side. The status says all it
 *  wants to know, so that nobody reads the body, and the socket of that answer belongs to it for ever. */
export function createUnreadPricing(
  good: PricingClient,
  options: { readonly expired: () => boolean; readonly onHarm: OnHarm },
): UnreadPricing {
  // Bounded by the sockets of the agent. For the end of the fault alone: a real leak remembers nothing.
  const unread = new Set<IncomingMessage>();
  let isOver = false;
  const onUnread = (response: IncomingMessage): void => {
    // Who has waited for a socket until the fault was over does no harm any more.
    if (isOver) return void response.resume();
    unread.add(response);
    response.once('close', () => unread.delete(response));
    options.onHarm();
  };
  const askStatus = async () => {
    const request = http.get(new URL('/healthz', good.baseUrl), { agent: good.agent });
    request.on('error', () => {});
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    onUnread(response);
    return response.statusCode === 200;
  };
  let status: Promise<boolean> | null = null;
  /** All who ask within a moment share one look. */
  const isUp = (): Promise<boolean> => {
    if (status !== null) return status;
    const forget = (): void => {
      setTimeout(() => {
        status = null;
      }, freshMs).unref();
    };
    status = askStatus();
    status.then(forget, forget);
    return status;
  };
  return {
    async priceOf(productId, query) {
      if (!options.expired() && !(await isUp())) throw new Error('the pricing service is down');
      return good.priceOf(productId, query);
    },
    readAll() {
      isOver = true;
      for (const response of unread) response.resume();
    },
  };
}
