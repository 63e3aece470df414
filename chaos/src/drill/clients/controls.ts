import type { EndedLease, Lease } from '../../lease/lease.js';
import { requestOnce } from '../providers/http-request.js';

/** Unit: ms. A fault that blocks the service delays the answers of its controls too. */
const timeoutMs = 15_000;

/** The chaos controls of the target, used in the name of one drill. */
export interface ControlsClient {
  start(fault: string, parameters: Readonly<Record<string, number>>, ttlMs: number): Promise<Lease>;
  renew(id: string, ttlMs: number): Promise<void>;
  end(id: string): Promise<void>;
  leases(): Promise<{ readonly leases: readonly Lease[]; readonly ended: readonly EndedLease[] }>;
}

/** Talks to the chaos controls at `url` as the drill `drill`. Every call throws an Error with the problem's detail
 *  when it is refused. It is bounded in time and nothing else ends it: a lease must be ended also when the drill is. */
export function createControlsClient(options: {
  readonly url: string;
  readonly token: string;
  readonly drill: string;
}): ControlsClient {
  async function call(
    method: string,
    path: string,
    json?: unknown,
  ): Promise<Readonly<Record<string, unknown>>> {
    const answer = await requestOnce({
      method,
      url: options.url + path,
      headers: { authorization: `Bearer ${options.token}`, 'faultline-drill': options.drill },
      ...(json !== undefined && { json }),
      timeoutMs,
    });
    const body = parse(answer.text);
    if (answer.status >= 200 && answer.status < 300) return body;
    throw new Error(
      `${method} ${path} answered ${answer.status}: ${body.detail ?? answer.text.slice(0, 200)}`,
    );
  }
  return {
    async start(fault, parameters, ttlMs) {
      const lease = await call('POST', `/faults/${encodeURIComponent(fault)}`, { parameters, ttlMs });
      if (!isLease(lease)) throw new Error(`POST /faults/${fault} did not answer with a lease`);
      return lease;
    },
    async renew(id, ttlMs) {
      await call('POST', `/leases/${id}/renew`, { ttlMs });
    },
    async end(id) {
      await call('DELETE', `/leases/${id}`);
    },
    async leases() {
      const { leases, ended } = await call('GET', '/leases');
      return { leases: listOf(leases, isLease), ended: listOf(ended, isEndedLease) };
    },
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object.fromEntries(Object.entries(Object(JSON.parse(text))));
  } catch {
    return {};
  }
}

function listOf<T>(value: unknown, isItem: (item: unknown) => item is T): readonly T[] {
  return Array.isArray(value) ? value.filter(isItem) : [];
}

function isLease(value: unknown): value is Lease {
  const { id, fault, signal } = Object(value);
  return typeof id === 'string' && typeof fault === 'string' && typeof Object(signal).hits === 'number';
}

function isEndedLease(value: unknown): value is EndedLease {
  return isLease(value) && 'revert' in value && typeof value.revert === 'object';
}
