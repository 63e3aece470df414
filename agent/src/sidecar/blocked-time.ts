import { incidentCatalog } from '../catalog/incidents.js';
import type { Reading } from '../protocol/reading.js';

/** What the main thread can be stalled by: those of a stall, and the reader of the log, which is another incident. */
export const blockedCauses: readonly string[] = [
  ...incidentCatalog['event-loop-stall'].causes,
  ...incidentCatalog['log-backpressure'].causes,
];

/** Seconds that the main thread was stalled, by cause. */
export interface BlockedTime {
  add(cause: string, ms: number): void;
  read(): Reading[];
}

/** Each piece of time stays with the cause that was known when it passed: a counter must never go back. */
export function createBlockedTime(causes: readonly string[]): BlockedTime {
  // A counter that appears with its first block has no increase that a rate could see.
  const seconds = new Map(causes.map((cause) => [cause, 0]));
  return {
    add: (cause, ms) => void seconds.set(cause, (seconds.get(cause) ?? 0) + ms / 1_000),
    read: () => [...seconds].map(([cause, value]) => ({ metric: 'blocked', labels: [cause], value })),
  };
}
