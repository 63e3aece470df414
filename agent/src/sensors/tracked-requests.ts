import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../protocol/incident.js';
import type { RequestSource } from './requests.js';
import { type ActiveSpan, readActiveSpan } from './trace-context.js';

const startChannel = 'http.server.request.start';
const finishChannel = 'http.server.response.finish';
/** Set on a request, so that the end of its response can find its context again. */
const contextKey = Symbol('faultline.requestContext');

/** Holds the request only while it is being served: async resources that outlive it, such as a pooled socket
 *  opened on its behalf, keep this small object alive but not the request. */
interface Serving {
  request: RoutedRequest | null;
}
type RoutedRequest = IncomingMessage & {
  [contextKey]?: Serving;
  /** Express and other routers built like it. */
  route?: { path?: unknown };
  baseUrl?: unknown;
};

/** Follows requests of node:http servers through their asynchronous calls, for hosts without OpenTelemetry.
 *  Source: the http.server diagnostics channels and AsyncLocalStorage. */
export function trackRequests(): RequestSource {
  const storage = new AsyncLocalStorage<Serving>();
  const onStart = (message: unknown): void => {
    const request = (message as { request: RoutedRequest }).request;
    const serving: Serving = { request };
    request[contextKey] = serving;
    storage.enterWith(serving);
  };
  const onFinish = (message: unknown): void => {
    const { request } = message as { request: RoutedRequest; response: ServerResponse };
    const serving = request[contextKey];
    if (serving !== undefined) serving.request = null;
  };
  subscribe(startChannel, onStart);
  subscribe(finishChannel, onFinish);
  return {
    current() {
      const request = storage.getStore()?.request;
      return request ? describeRequest(request, readActiveSpan()) : null;
    },
    close() {
      unsubscribe(startChannel, onStart);
      unsubscribe(finishChannel, onFinish);
      storage.disable();
    },
  };
}

/** Method and route pattern. A raw path may hold ids and secrets, so without a matched route it is `unmatched`. */
function describeRequest(request: RoutedRequest, span: ActiveSpan | null): RequestContext {
  const path = request.route?.path;
  const base = typeof request.baseUrl === 'string' ? request.baseUrl : '';
  const route = typeof path === 'string' ? `${base}${path === '/' && base !== '' ? '' : path}` : 'unmatched';
  return {
    route: `${request.method ?? 'GET'} ${route}`,
    traceId: span?.traceId ?? null,
    spanId: span?.spanId ?? null,
  };
}
