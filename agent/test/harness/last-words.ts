import type { Incident } from '../../src/protocol/incident.js';
import type { LastWords, ProcessIdentity } from '../../src/protocol/last-words.js';
import { aFinding } from './make.js';

/** A process of this machine, seen from the same container. */
export const anIdentity = (rest: Partial<ProcessIdentity> = {}): ProcessIdentity => ({
  pid: 4_242,
  startTicks: 1_000,
  bootId: 'boot-1',
  pidNamespace: 'pid:[1]',
  host: 'shop-1',
  ...rest,
});

export function anOpenIncident(rest: Partial<Incident> = {}): Incident {
  const { key: _key, formerKey: _formerKey, ...verdict } = aFinding();
  return {
    id: 'a1',
    status: 'open',
    openedAt: '2026-01-01T00:10:00.000Z',
    updatedAt: '2026-01-01T00:10:05.000Z',
    resolvedAt: null,
    evidence: [],
    runbook: 'https://books/event-loop-stall.md',
    ...verdict,
    ...rest,
  };
}

/** What a process with one open incident has left. */
export const someLastWords = (rest: Partial<LastWords> = {}): LastWords => ({
  format: 1,
  service: 'shop',
  process: anIdentity(),
  threadId: 0,
  node: '24.0.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-01T00:10:06.000Z',
  lastBeatAt: '2026-01-01T00:10:05.900Z',
  memoryKills: null,
  numbers: {},
  incidents: [anOpenIncident()],
  ...rest,
});
