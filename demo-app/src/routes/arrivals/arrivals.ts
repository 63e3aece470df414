import { EventEmitter } from 'node:events';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { startDeadline } from '../../deadline.js';
import { validate } from '../../product.js';

/** Knows which product came last, and tells when another one comes. */
export interface Arrivals {
  /** Id of the newest product that this process has made; 0 before the first. */
  newestId(): number;
  /** To be called with the id of each product that is made. */
  announce(id: number): void;
  /** Calls back for each product that comes; the answer ends that. */
  onArrival(listener: () => void): () => void;
}

/** Starts with no product. As many may listen as there may be waiting requests. */
export function createArrivals(): Arrivals {
  const events = new EventEmitter().setMaxListeners(waitersMax);
  let newestId = 0;
  return {
    newestId: () => newestId,
    announce(id) {
      newestId = Math.max(newestId, id);
      events.emit('arrival');
    },
    onArrival(listener) {
      events.on('arrival', listener);
      return () => void events.off('arrival', listener);
    },
  };
}

/** Fulfilled as soon as there is a product newer than `afterId`, or when the signal fires. */
export type WaitForArrival = (arrivals: Arrivals, afterId: number, signal: AbortSignal) => Promise<void>;

/** More waiting requests than this are answered at once. */
const waitersMax = 100;
const querySchema = z.object({
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(2_147_483_647),
  wait: z.coerce.number().min(0).max(10).default(0),
});

/** `GET /products/arrivals?after=ID&wait=SECONDS`: whether there is a newer product, as the shop window asks all the
 *  time. The request waits until there is one. `waitFor` tells how to wait for this request. */
export function createArrivalsHandler(arrivals: Arrivals, waitFor: () => WaitForArrival): RequestHandler {
  let waiting = 0;
  return async function handleArrivals(request, response) {
    const { after, wait } = validate(querySchema, request.query, 400);
    if (arrivals.newestId() <= after && wait > 0 && waiting < waitersMax) {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const deadline = startDeadline(wait * 1_000, gone.signal);
      waiting += 1;
      try {
        await waitFor()(arrivals, after, deadline.signal);
      } finally {
        deadline.end();
        waiting -= 1;
      }
    }
    response.json({ newestId: arrivals.newestId(), isNew: arrivals.newestId() > after });
  };
}
