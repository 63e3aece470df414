import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { startRequestsSensor } from '../../src/sensors/http/sensor.js';
import { followServedRequests } from '../../src/sensors/http/served-requests.js';
import { trackRequests } from '../../src/sensors/tracked-requests.js';
import type { Cost } from '../call-costs.js';
import { compareWindows } from '../toggling.js';

const requestsInWindow = 5_000;
const manyRoutes = 10_000;
const readingsInWindow = 20;
/** What a snapshot may take of the main thread, once a second. */
const readingLimitNs = 2_000_000;

const started = channel('http.server.request.start');
const finished = channel('http.server.response.finish');

/** Stands for a response of node:http: what is read from one, and its events. */
class Response extends EventEmitter {
  readonly statusCode = 200;
  readonly req: object;
  constructor(request: object) {
    super();
    this.req = request;
  }
}

interface Row {
  readonly name: string;
  /** Number of routes that the requests go to in turn. */
  readonly routes: number;
  /** Whether requests are followed through their asynchronous calls as well, as in hosts without OpenTelemetry. */
  readonly tracks: boolean;
}
const rows: readonly Row[] = [
  { name: 'request, 1 route', routes: 1, tracks: false },
  { name: 'request, 50 routes', routes: 50, tracks: false },
  { name: 'request, 10,000 routes', routes: manyRoutes, tracks: false },
  { name: 'request, 50 routes, with its context', routes: 50, tracks: true },
];
/** As Express leaves them: one object for each route. */
const routes = Array.from({ length: manyRoutes }, (_, index) => ({ path: `/route-${index}/:id` }));

/** Publishes what node:http does for one request. */
function serve(index: number, { routes: count }: Row): void {
  const request = { method: 'GET', url: '/', route: routes[index % count], socket: null };
  const response = new Response(request);
  if (started.hasSubscribers) started.publish({ request, response });
  if (finished.hasSubscribers) finished.publish({ request, response });
}

const observer = { wantsEnds: () => false, onEnd() {}, traceIdOf: () => null };

function startSensor(tracks: boolean) {
  const served = followServedRequests();
  const sensor = startRequestsSensor(served, observer);
  const source = tracks ? trackRequests(served) : null;
  return {
    read: sensor.read,
    close() {
      source?.close();
      sensor.close();
      served.close();
    },
  };
}

export async function measureCosts(quadruples: number, tell: (text: string) => void): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const row of rows) {
    tell(row.name);
    costs.push(await compareWindows(row.name, quadruples, (followed) => timeOf(row, followed)));
  }
  tell('reading');
  return [...costs, { ...(await measureReading(quadruples)), limitNs: readingLimitNs }];
}

/** A reading of as many routes as there can be, and its copy for the sidecar, against nothing. */
async function measureReading(quadruples: number): Promise<Cost> {
  const sensor = startSensor(false);
  for (let index = 0; index < manyRoutes; index += 1)
    serve(index, { name: '', routes: manyRoutes, tracks: false });
  const cost = await compareWindows('snapshot part, 10,000 routes', quadruples, (reads) => {
    const start = process.hrtime.bigint();
    for (let index = 0; index < readingsInWindow; index += 1) if (reads) structuredClone(sensor.read());
    return Number(process.hrtime.bigint() - start) / readingsInWindow;
  });
  sensor.close();
  return cost;
}

/** Time of one request in a window. Unit: ns. */
function timeOf(row: Row, followed: boolean): number {
  const sensor = followed ? startSensor(row.tracks) : null;
  try {
    const start = process.hrtime.bigint();
    for (let index = 0; index < requestsInWindow; index += 1) serve(index, row);
    return Number(process.hrtime.bigint() - start) / requestsInWindow;
  } finally {
    sensor?.close();
  }
}
