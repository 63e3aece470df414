import { metricCatalog } from '../../catalog/metrics.js';
import { createHistogram, type Histogram } from '../../protocol/histogram.js';
import { abortedStatus, otherValue, type RequestSeries, unmatchedRoute } from '../../protocol/requests.js';

/** Routes that keep their names, `unmatched` among them; those beyond share `other`. With it they are as many as the
 *  catalog allows. */
const routesKept = 99;
/** Combinations of method, route and status that are kept apart. Each is a histogram of a dozen numbers that every
 *  snapshot copies; this many take the main thread a fraction of a millisecond. */
const seriesKept = 300;
const statusesKept = 30;
const foldedKept = 1_000;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY'];
/** Beyond every status of HTTP. */
const abortedKey = 1_000;
const otherKey = 1_001;
const keysOfMethod = 1_024;

interface Entry extends Omit<RequestSeries, 'durations'> {
  readonly histogram: Histogram;
}

/** Durations of requests by method, route and status, in a fixed amount of memory. */
export interface RequestSeriesBook {
  /** `status` is null for a request that was aborted. Unit: s. */
  record(method: string, route: string, status: number | null, seconds: number): void;
  read(): RequestSeries[];
  /** Different routes that were counted as `other`; at most 1,000 are told apart. */
  foldedRoutes(): number;
}

/** The first values keep their names for good, so that a series never changes its meaning. */
export function createRequestSeries(): RequestSeriesBook {
  // Nested, with numbers inside: the key of a request costs no text.
  const byRoute = new Map<string, Map<number, Entry>>([[unmatchedRoute, new Map()]]);
  const statuses = new Set<number>();
  const folded = new Set<string>();
  const all: Entry[] = [];
  let shared: Entry | null = null;

  const add = (method: string, route: string, status: string): Entry => {
    const histogram = createHistogram(metricCatalog.httpRequestDuration.buckets ?? []);
    const entry = { method, route, status, histogram };
    all.push(entry);
    return entry;
  };
  const nameOf = (route: string): string => {
    if (byRoute.has(route) || byRoute.size < routesKept) return route;
    if (folded.size < foldedKept) folded.add(route);
    return otherValue;
  };
  const keyOf = (status: number | null): number => {
    if (status === null) return abortedKey;
    if (statuses.size < statusesKept) statuses.add(status);
    return statuses.has(status) ? status : otherKey;
  };
  const learn = (methodIndex: number, route: string, key: number): Entry => {
    const name = nameOf(route);
    const ofRoute = byRoute.get(name) ?? new Map<number, Entry>();
    byRoute.set(name, ofRoute);
    const known = ofRoute.get(methodIndex * keysOfMethod + key);
    if (known !== undefined) return known;
    if (all.length >= seriesKept) {
      shared ??= add(otherValue, otherValue, otherValue);
      return shared;
    }
    const added = add(methods[methodIndex] ?? otherValue, name, statusText(key));
    ofRoute.set(methodIndex * keysOfMethod + key, added);
    return added;
  };
  const find = (method: string, route: string, status: number | null): Entry => {
    const methodIndex = methods.indexOf(method);
    const key = keyOf(status);
    return byRoute.get(route)?.get(methodIndex * keysOfMethod + key) ?? learn(methodIndex, route, key);
  };

  return {
    record: (method, route, status, seconds) => find(method, route, status).histogram.record(seconds),
    read: () =>
      all.map(({ method, route, status, histogram }) => ({
        method,
        route,
        status,
        durations: histogram.read(),
      })),
    foldedRoutes: () => folded.size,
  };
}

const statusText = (key: number): string =>
  key === abortedKey ? abortedStatus : key === otherKey ? otherValue : String(key);
