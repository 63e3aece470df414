import type { ServerResponse } from 'node:http';
import { ChaosError } from '../errors.js';
import type { Fault } from '../fault.js';
import type { LeaseBook } from '../lease/lease-book.js';
import { readParameters } from '../parameters.js';
import { type ParsedRequest, readJsonObject } from './body.js';
import { readTtlMs, refuseUnknownKeys } from './fields.js';
import { sendJson } from './problem.js';

/** One request to one route. */
export interface Call<Context> {
  readonly request: ParsedRequest;
  readonly response: ServerResponse;
  readonly leases: LeaseBook<Context>;
  readonly faults: readonly Fault<Context>[];
  /** The id in the path; empty where the route has none. */
  readonly id: string;
  readonly drill: string | null;
}

/** One line of the HTTP controls. */
export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  answer<Context>(call: Call<Context>): Promise<void> | void;
}

/** Everything that the HTTP controls can do. */
export const routes: readonly Route[] = [
  { method: 'GET', pattern: /^\/faults$/, answer: listFaults },
  { method: 'POST', pattern: /^\/faults\/(?<id>[^/]+)$/, answer: startFault },
  { method: 'GET', pattern: /^\/leases$/, answer: listLeases },
  { method: 'DELETE', pattern: /^\/leases$/, answer: endLeases },
  { method: 'POST', pattern: /^\/leases\/(?<id>[^/]+)\/renew$/, answer: renewLease },
  { method: 'DELETE', pattern: /^\/leases\/(?<id>[^/]+)$/, answer: endLease },
];

function listFaults<Context>({ response, faults, leases }: Call<Context>): void {
  const running = leases.running();
  const described = faults.map(({ id, breaks, parameters, mustCause, mustNotCause }) => {
    const lease = running.find((one) => one.fault === id)?.id ?? null;
    return { id, breaks, parameters, mustCause, mustNotCause, lease };
  });
  sendJson(response, 200, { faults: described });
}

async function startFault<Context>(call: Call<Context>): Promise<void> {
  const { request, response, leases, faults, id, drill } = call;
  const fault = faults.find((one) => one.id === id);
  if (!fault) {
    const known = faults.map((one) => one.id);
    const message = `no fault ${JSON.stringify(id)}; known: ${known.join(', ') || 'none'}`;
    throw new ChaosError('fault-unknown', message, { known });
  }
  const body = await readJsonObject(request);
  refuseUnknownKeys(body, ['parameters', 'ttlMs']);
  const parameters = readParameters(fault.id, fault.parameters, body.parameters);
  const ttlMs = readTtlMs(body.ttlMs);
  const lease = await leases.start({ fault, parameters, ttlMs, drill });
  sendJson(response, 201, lease);
}

function listLeases<Context>({ response, leases }: Call<Context>): void {
  sendJson(response, 200, { leases: leases.running(), ended: leases.ended() });
}

async function renewLease<Context>({ request, response, leases, id, drill }: Call<Context>): Promise<void> {
  const body = await readJsonObject(request);
  refuseUnknownKeys(body, ['ttlMs']);
  sendJson(response, 200, leases.renew(id, readTtlMs(body.ttlMs), drill));
}

function endLease<Context>({ response, leases, id, drill }: Call<Context>): void {
  sendJson(response, 200, leases.end(id, drill));
}

function endLeases<Context>({ response, leases, drill }: Call<Context>): void {
  sendJson(response, 200, { ended: leases.endAll(drill) });
}
