import type { Cost } from '../call-costs.js';
import { compareWindows } from '../toggling.js';
import { manyRoutes, serve, startRequests } from './serving.js';

const requestsInWindow = 5_000;
const readingsInWindow = 20;
/** What a snapshot may take of the main thread, once a second. */
const readingLimitNs = 2_000_000;

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
  const sensor = startRequests(false);
  for (let index = 0; index < manyRoutes; index += 1) serve(index, manyRoutes);
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
  const sensor = followed ? startRequests(row.tracks) : null;
  try {
    const start = process.hrtime.bigint();
    for (let index = 0; index < requestsInWindow; index += 1) serve(index, row.routes);
    return Number(process.hrtime.bigint() - start) / requestsInWindow;
  } finally {
    sensor?.close();
  }
}
