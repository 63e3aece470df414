import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log.js';
import { priceOf } from './price.js';

/** Trace id in a W3C traceparent header. */
const traceIdPattern = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** The pricing service: `GET /prices/:id` and `GET /healthz`. */
export function createPricingServer(log: Logger): Server {
  const server = createServer(async (request, response) => {
    const startedMs = performance.now();
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
    const id = /^\/prices\/([1-9]\d{0,9})$/.exec(path)?.[1];
    if (request.method !== 'GET') answer(response, 405, { error: 'only GET' });
    else if (path === '/healthz') answer(response, 200, { status: 'ok' });
    else if (id === undefined) answer(response, 404, { error: 'no such resource' });
    else {
      // Looking a price up takes 1 to 5 ms, as it would in a service with a fast store of its own.
      await delay(1 + (Number(id) % 5));
      await lookUpHistory(search);
      if (isUnavailable(Number(id), search))
        answer(response, 503, { error: 'the store of this price is down' });
      else answer(response, 200, priceOf(Number(id)));
    }
    const parent = request.headers.traceparent;
    log.debug(
      {
        path,
        status: response.statusCode,
        durationMs: Math.round(performance.now() - startedMs),
        trace_id: typeof parent === 'string' ? traceIdPattern.exec(parent)?.[1] : undefined,
      },
      'request',
    );
  });
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 65_000;
  return server;
}

/** Unit: ms. */
const historyEntryMs = 2;
const historyMax = 400;

/** Looks up as many entries of a price's history as `history=` says, one after the other. */
async function lookUpHistory(search: string): Promise<void> {
  const wanted = Number(new URLSearchParams(search).get('history') ?? 0);
  const entries = Number.isInteger(wanted) ? Math.min(historyMax, wanted) : 0;
  for (let entry = 0; entry < entries; entry += 1) await delay(historyEntryMs);
}

/** Whether the price is in the part of the store that is down, which holds the share of all prices that `unavailable=`
 *  says. A product is in it every time or never. */
function isUnavailable(productId: number, search: string): boolean {
  const share = Number(new URLSearchParams(search).get('unavailable') ?? 0);
  return (productId * 7_919) % 100 < share * 100;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
