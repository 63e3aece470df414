import { channel } from 'node:diagnostics_channel';
import { startDependencySensor } from '../../src/sensors/dependencies/sensor.js';
import type { Cost } from '../call-costs.js';
import { estimateMedian } from '../statistics.js';

const callsInWindow = 5_000;
const warmUpWindows = 20;

const created = channel('http.client.request.created');
const started = channel('http.client.request.start');
const finished = channel('http.client.response.finish');
const undiciCreate = channel('undici:request:create');
const undiciSent = channel('undici:client:sendHeaders');
const undiciHeaders = channel('undici:request:headers');
const response = { statusCode: 200 };

/** Stands for a request of node:http: what is read from one, and nothing else. Publishes what Node 22 and later do. */
function askByHttp(index: number, targets: number): void {
  const host = `host-${index % targets}:3000`;
  const request = {
    method: 'GET',
    protocol: 'http:',
    host,
    getHeader: (name: string) => (name === 'host' ? host : undefined),
  };
  if (created.hasSubscribers) created.publish({ request });
  if (started.hasSubscribers) started.publish({ request });
  if (finished.hasSubscribers) finished.publish({ request, response });
}

/** The same for undici. */
function askByUndici(index: number, targets: number): void {
  const request = { method: 'GET', origin: `http://host-${index % targets}:3000`, upgrade: null };
  if (undiciCreate.hasSubscribers) undiciCreate.publish({ request });
  if (undiciSent.hasSubscribers) undiciSent.publish({ request });
  if (undiciHeaders.hasSubscribers) undiciHeaders.publish({ request, response });
}

type Ask = typeof askByHttp;
const rows: readonly [name: string, ask: Ask, targets: number][] = [
  ['node:http, 1 target', askByHttp, 1],
  ['node:http, 20 targets', askByHttp, 20],
  ['node:http, 1,000 targets', askByHttp, 1_000],
  ['undici, 1 target', askByUndici, 1],
  ['undici, 1,000 targets', askByUndici, 1_000],
];

/** Alternates windows with and without the sensor in this one process, A B B A, so that drift cancels out. */
export function measureCosts(quadruples: number, tell: (text: string) => void): Cost[] {
  return rows.map(([name, ask, targets]) => {
    tell(name);
    for (let window = 0; window < warmUpWindows; window += 1) {
      timeOf(ask, targets, true);
      timeOf(ask, targets, false);
    }
    const added: number[] = [];
    const nothing: number[] = [];
    for (let index = 0; index < quadruples; index += 1) {
      added.push(quadruple(ask, targets, true));
      nothing.push(quadruple(ask, targets, false));
    }
    return { name, addedNs: estimateMedian(added), nullNs: estimateMedian(nothing) };
  });
}

function quadruple(ask: Ask, targets: number, followed: boolean): number {
  const a1 = timeOf(ask, targets, false);
  const b1 = timeOf(ask, targets, followed);
  const b2 = timeOf(ask, targets, followed);
  const a2 = timeOf(ask, targets, false);
  return (b1 + b2 - a1 - a2) / 2;
}

/** Time of one call in a window. Unit: ns. */
function timeOf(ask: Ask, targets: number, followed: boolean): number {
  const sensor = followed ? startDependencySensor({ lateMs: () => 0 }, false) : null;
  try {
    const start = process.hrtime.bigint();
    for (let index = 0; index < callsInWindow; index += 1) ask(index, targets);
    return Number(process.hrtime.bigint() - start) / callsInWindow;
  } finally {
    sensor?.close();
  }
}
