import {
  abortedStatus,
  type EndedRequest,
  type RequestsReading,
  type RunningRequest,
} from '../../protocol/requests.js';
import type { Sensor } from '../sensor.js';
import { watchFastifyRoutes } from './fastify.js';
import { watchKoaContexts } from './koa.js';
import { routeOf } from './route.js';
import { createRequestSeries } from './series.js';
import type { ServedRequests, Serving } from './served-requests.js';
import { unsentBytesOf } from './slow-readers.js';

const runningKept = 10;

/** What the sensor is told from outside. */
export interface RequestObserver {
  /** Whether `onEnd` is wanted now: what it is given costs more than the rest. */
  wantsEnds(): boolean;
  onEnd(ended: EndedRequest): void;
  /** The trace that a request belongs to; null when nobody traces it. */
  traceIdOf(serving: Serving): string | null;
}

/** Rate, errors and duration of requests by route, and those that run. */
export interface RequestsSensor extends Sensor<RequestsReading> {
  /** Looks for frameworks that were loaded since. Cheap when there is none. */
  look(): void;
}

/** Reads what `served` follows; the routes come from Express, Fastify, Koa with @koa/router, or whoever leaves
 *  `route.path` on the request. */
export function startRequestsSensor(served: ServedRequests, observer: RequestObserver): RequestsSensor {
  const series = createRequestSeries();
  const koa = watchKoaContexts();
  const stopFastify = watchFastifyRoutes();
  const stopEnds = served.onEnd((serving, status) => {
    const method = methodOf(serving);
    const route = routeOf(serving);
    const seconds = (performance.now() - serving.startedMs) / 1_000;
    series.record(method, route, status, seconds);
    if (!observer.wantsEnds()) return;
    const scheme = isEncrypted(serving) ? 'https' : 'http';
    observer.onEnd({ method, route, status: String(status ?? abortedStatus), scheme, seconds });
  });
  const describe = (serving: Serving, nowMs: number): RunningRequest => {
    const unsentBytes = unsentBytesOf(serving.response);
    return {
      method: methodOf(serving),
      route: routeOf(serving),
      ageMs: nowMs - serving.startedMs,
      traceId: observer.traceIdOf(serving),
      ...(unsentBytes !== null && { unsentBytes }),
    };
  };
  const listRunning = (): RunningRequest[] => {
    const nowMs = performance.now();
    const running: RunningRequest[] = [];
    for (let serving = served.oldest(); serving !== null; serving = serving.newer) {
      if (running.length === runningKept) break;
      running.push(describe(serving, nowMs));
    }
    return running;
  };
  return {
    look: koa.look,
    read: () => ({
      inFlight: served.inFlight(),
      series: series.read(),
      foldedRoutes: series.foldedRoutes(),
      running: listRunning(),
    }),
    close() {
      stopEnds();
      stopFastify();
      koa.close();
    },
  };
}

const methodOf = ({ request }: Serving): string => request?.method ?? 'GET';

const isEncrypted = ({ request }: Serving): boolean =>
  (request?.socket as { readonly encrypted?: unknown } | null | undefined)?.encrypted === true;
