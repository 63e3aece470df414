import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IncidentKind } from '../../../src/catalog/incidents.js';
import type { ExitCause } from '../../../src/protocol/incident.js';
import { endedProcessOf, formerIncident } from '../../../src/sidecar/diagnosis/former-incident.js';
import { anOpenIncident, someLastWords } from '../../harness/last-words.js';

const fresh = { id: 'new', runbook: 'https://books/heap-near-limit.md' };
const verdictOf = (cause: ExitCause) => ({ cause, because: 'numbers', isNotable: true });
const withKinds = (...kinds: readonly IncidentKind[]) =>
  someLastWords({ incidents: kinds.map((kind) => anOpenIncident({ id: kind, kind })) });

const rows: readonly [ExitCause, readonly IncidentKind[], string | null][] = [
  ['heap-limit', ['event-loop-stall', 'heap-leak', 'heap-near-limit'], 'heap-near-limit'],
  ['heap-limit', ['gc-pressure', 'heap-leak'], 'heap-leak'],
  ['heap-limit', ['event-loop-stall'], 'new'],
  ['heap-limit', [], 'new'],
  ['container-kill', ['event-loop-stall', 'external-memory-growth'], 'external-memory-growth'],
  ['container-kill', ['event-loop-stall'], 'event-loop-stall'],
  ['container-kill', [], null],
  ['unknown', ['pool-exhausted', 'heap-near-limit'], 'pool-exhausted'],
  ['unknown', [], null],
];

describe('the incident that ended a process', () => {
  for (const [cause, kinds, expected] of rows) {
    test(`by ${cause} with ${kinds.join(', ') || 'none'} open is ${expected ?? 'none'}`, () => {
      assert.equal(formerIncident(withKinds(...kinds), verdictOf(cause), fresh)?.id ?? null, expected);
    });
  }

  test('is over since the process was last seen, and is otherwise as it was', () => {
    const words = someLastWords();
    assert.deepEqual(formerIncident(words, verdictOf('unknown'), fresh), {
      ...words.incidents[0],
      status: 'resolved',
      resolvedAt: words.lastSeenAt,
    });
  });

  test('is made of the numbers when there was no time to open one', () => {
    const numbers = { oldBytes: 96e6, v8LimitBytes: 100e6 };
    const incident = formerIncident(someLastWords({ numbers }), verdictOf('heap-limit'), fresh);
    assert.deepEqual(
      [incident?.kind, incident?.cause, incident?.severity, incident?.status, incident?.runbook],
      ['heap-near-limit', 'unknown', 'critical', 'resolved', fresh.runbook],
    );
    assert.deepEqual(incident?.measurements, { liveShare: 0.96, ...numbers });
    assert.equal(incident?.title, 'Heap was 96 % full when the process was last seen');
  });
});

test('the process is told with what else was open', () => {
  const words = withKinds('heap-leak', 'cpu-starved', 'event-loop-stall', 'event-loop-stall');
  const told = formerIncident(words, verdictOf('heap-limit'), fresh);
  assert.deepEqual(endedProcessOf(words, verdictOf('heap-limit'), told), {
    pid: words.process.pid,
    startedAt: words.startedAt,
    lastSeenAt: words.lastSeenAt,
    exitCause: 'heap-limit',
    because: 'numbers',
    alsoOpen: ['cpu-starved', 'event-loop-stall'],
  });
});
