import { AsyncLocalStorage } from 'node:async_hooks';
import { routeOf } from './http/route.js';
import type { ServedRequests, Serving } from './http/served-requests.js';
import type { RequestSource } from './requests.js';
import { readActiveSpan } from './trace-context.js';

/** Follows requests of node:http servers through their asynchronous calls, for hosts without OpenTelemetry.
 *  Source: the http.server diagnostics channels and AsyncLocalStorage. */
export function trackRequests(served: ServedRequests): RequestSource {
  const storage = new AsyncLocalStorage<Serving>();
  const stop = served.onBegin((serving) => storage.enterWith(serving));
  return {
    current() {
      const serving = storage.getStore();
      if (serving === undefined || serving.request === null) return null;
      const span = readActiveSpan();
      return {
        route: `${serving.request.method ?? 'GET'} ${routeOf(serving)}`,
        traceId: span?.traceId ?? null,
        spanId: span?.spanId ?? null,
      };
    },
    mark() {
      const serving = storage.getStore();
      return serving === undefined || serving.request === null ? null : serving;
    },
    markOf: (serving) => serving,
    close() {
      stop();
      storage.disable();
    },
  };
}
