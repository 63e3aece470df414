import type { FaultSignal } from '../fault.js';
import type { KeeperTask } from './door.js';

/** Unit: ms. How long a toxic outlives whoever keeps it. */
export const toxicTtlMs = 10_000;
/** Unit: ms. */
const callMs = 2_000;

/** Keeps one toxic in a proxy that may go away and come back. */
export interface Keeper {
  /** Adds the toxic, or extends its time when it is there. Answers what it has done; a proxy that is not reached
   *  changes nothing. */
  renew(): Promise<FaultSignal>;
  /** Takes it away. True when it is certainly gone, false when the proxy did not say so. */
  remove(): Promise<boolean>;
  signal(): FaultSignal;
}

/** Makes a keeper. Its calls must come one after the other. */
export function createKeeper({ toxicsUrl, toxic }: KeeperTask): Keeper {
  const url = `${toxicsUrl}/${encodeURIComponent(toxic.name)}`;
  const limited = { faultline: { ttlMs: toxicTtlMs } };
  let signal: FaultSignal = { hits: 0, firstHitAt: null, lastHitAt: null };
  /** What earlier toxics of this fault had done before they ran out. */
  let hitsBefore = 0;

  const read = (body: unknown) => {
    const { hits, firstHitAt, lastHitAt } = readHits(body);
    signal = {
      hits: hitsBefore + hits,
      firstHitAt: signal.firstHitAt ?? firstHitAt,
      lastHitAt: lastHitAt ?? signal.lastHitAt,
    };
  };
  return {
    async renew() {
      const renewed = await call('PATCH', url, limited);
      if (renewed?.status === 200) read(renewed.body);
      if (renewed?.status === 404) {
        hitsBefore = signal.hits;
        const added = await call('POST', toxicsUrl, { ...toxic, ...limited });
        if (added?.status === 200) read(added.body);
      }
      return signal;
    },
    async remove() {
      const last = await call('GET', url);
      if (last?.status === 200) read(last.body);
      const removed = await call('DELETE', url);
      return removed?.status === 204 || removed?.status === 404;
    },
    signal: () => signal,
  };
}

/** Null when the proxy did not answer. */
async function call(
  method: string,
  url: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown } | null> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(callMs),
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  } catch {
    return null;
  }
}

function readHits(body: unknown): FaultSignal {
  const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  const { hits, firstHitAt, lastHitAt } = fieldsOf(fieldsOf(body).faultline);
  const numberOr = (value: unknown) => (typeof value === 'number' ? value : null);
  return { hits: numberOr(hits) ?? 0, firstHitAt: numberOr(firstHitAt), lastHitAt: numberOr(lastHitAt) };
}
