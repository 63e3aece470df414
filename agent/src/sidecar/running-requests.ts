import type { RunningRequests } from '../protocol/requests.js';
import type { Snapshot } from '../protocol/snapshot.js';
import type { Stall } from '../protocol/stall.js';

/** What the newest snapshot knows of running requests, `nowMs` on the clock of monotonicMs(). While the main thread is
 *  stalled no request can end, so all of them are as much older as the reading is. */
export function describeRunning(
  snapshot: Snapshot | null,
  stall: Stall | null,
  nowMs: number,
): RunningRequests {
  const request = stall?.samples.at(-1)?.request ?? null;
  const blocked = {
    blockedForMs: stall === null ? null : Math.round(stall.blockedMs),
    blockedBy: request === null ? null : { route: request.route, traceId: request.traceId },
  };
  if (snapshot === null || snapshot.requests === null) {
    return { readAt: null, readingAgeMs: null, ...blocked, inFlight: null, requests: [] };
  }
  const readingAgeMs = Math.max(0, nowMs - snapshot.monotonicMs);
  const addedMs = stall === null ? 0 : readingAgeMs;
  return {
    readAt: new Date(snapshot.atMs).toISOString(),
    readingAgeMs: Math.round(readingAgeMs),
    ...blocked,
    inFlight: snapshot.requests.inFlight,
    requests: snapshot.requests.running.map((running) => ({
      ...running,
      ageMs: Math.round(running.ageMs + addedMs),
    })),
  };
}
