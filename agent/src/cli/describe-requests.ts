import type { RunningRequest, RunningRequests } from '../protocol/requests.js';
import { formatBytes } from './format-bytes.js';

const ageWidth = 12;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What runs in a service, for a terminal: how many, since when that is known, and the oldest first. */
export function describeRequests(answer: RunningRequests): string {
  const { inFlight, readingAgeMs, requests } = answer;
  if (inFlight === null || readingAgeMs === null) {
    return [...blockLines(answer), 'Nothing is known of requests yet.'].join('\n');
  }
  const asOf = `as of ${seconds(readingAgeMs)} ago`;
  const head =
    inFlight === 0
      ? `No request is being served, ${asOf}.`
      : `${inFlight} ${inFlight === 1 ? 'request' : 'requests'} in flight, ${asOf}${inFlight > requests.length ? `; the oldest ${requests.length}` : ''}:`;
  return [...blockLines(answer), head, ...requests.map(line)].join('\n');
}

function blockLines({ blockedForMs, blockedBy }: RunningRequests): string[] {
  if (blockedForMs === null) return [];
  const who = blockedBy === null ? '' : ` by ${blockedBy.route}${traceOf(blockedBy.traceId)}`;
  return [`The event loop has been blocked for ${seconds(blockedForMs)}${who}.`];
}

const line = ({ ageMs, method, route, traceId, unsentBytes }: RunningRequest): string => {
  const reader =
    unsentBytes === undefined ? '' : `  waits for its reader, ${formatBytes(unsentBytes)} unsent`;
  return `${seconds(ageMs).padStart(ageWidth - 2)}  ${method} ${route}${traceOf(traceId)}${reader}`;
};

const traceOf = (traceId: string | null): string => (traceId === null ? '' : `  trace ${traceId}`);
