import type { IncomingMessage } from 'node:http';
import { ChaosError } from '../errors.js';
import { defaultTtlMs, maxTtlMs, minTtlMs } from '../lease/lease.js';

/** The drill that the caller works for, from the header `Faultline-Drill`; null when a person calls.
 *  @throws ChaosError `request-invalid` when it is no id. */
export function drillOf(request: IncomingMessage): string | null {
  const header = request.headers['faultline-drill'];
  const id = (Array.isArray(header) ? header[0] : header)?.trim();
  if (id && !/^[\w.:-]{1,128}$/.test(id)) {
    const limit = 'must be 1 to 128 letters, digits, ".", ":", "_" or "-"';
    throw new ChaosError(
      'request-invalid',
      `Faultline-Drill ${limit}, got ${JSON.stringify(id.slice(0, 140))}`,
    );
  }
  return id || null;
}

/** The lease's time to live in ms; the default when it is left out.
 *  @throws ChaosError `request-invalid` with the range. */
export function readTtlMs(value: unknown): number {
  if (value === undefined) return defaultTtlMs;
  if (typeof value === 'number' && value >= minTtlMs && value <= maxTtlMs) return value;
  throw new ChaosError(
    'request-invalid',
    `ttlMs must be a number of milliseconds between ${minTtlMs} and ${maxTtlMs}, got ${JSON.stringify(value)}`,
  );
}

/** Refuses a misspelled key rather than ignoring it: a fault must not run longer than its caller meant.
 *  @throws ChaosError `request-invalid`. */
export function refuseUnknownKeys(body: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new ChaosError(
    'request-invalid',
    `the body has ${known.join(' and ')}, got ${JSON.stringify(unknown)}`,
  );
}
