import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe as describeIncident, summarize } from '../../src/cli/describe-incident.js';
import type { PoolHolder } from '../../src/protocol/pool.js';
import { anOpenIncident } from '../harness/last-words.js';
import { aFinding } from '../harness/make.js';

const holder = (rest: Partial<PoolHolder>): PoolHolder => ({
  function: 'readParcel',
  file: 'src/parcel.ts',
  line: 12,
  ageMs: 9_040,
  querying: false,
  route: 'GET /sheet',
  ...rest,
});

test('a pool is shown with its target, the blamed line, and who holds its connections', () => {
  const text = describeIncident(
    {
      ...aFinding({ kind: 'pool-exhausted', target: 'db:5432/shop', measurements: { looks: 50 } }),
      id: '1',
      status: 'open',
      openedAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      resolvedAt: null,
      evidence: [],
      runbook: 'pool-exhausted.md',
      culprit: {
        type: 'pool',
        name: 'main',
        library: 'pg',
        function: 'readParcel',
        file: 'src/parcel.ts',
        line: 12,
        column: 5,
        share: 0.75,
        samples: 4,
        stack: ['readParcel (src/parcel.ts:12:5)'],
        holders: [
          holder({}),
          holder({ querying: true, route: null, ageMs: 450 }),
          holder({ function: null, file: null, line: null, querying: null }),
        ],
      },
    },
    'http://127.0.0.1:9464',
  );
  const lines = text.split('\n').map((line) => line.trim());
  for (const line of [
    'target      db:5432/shop',
    'culprit     readParcel',
    'src/parcel.ts:12:5 (75 % of held connections)',
    'held by readParcel (src/parcel.ts:12) for 9.0 s, no query, GET /sheet',
    'held by readParcel (src/parcel.ts:12) for 0.5 s, runs a query',
    'held by a caller that was not looked at for 9.0 s, GET /sheet',
    'confidence  0.9 from 50 looks at held connections',
  ]) {
    assert.ok(lines.includes(line), `${line}\n\nis not in\n\n${text}`);
  }
});

test('an incident of a former process says so, and what ended that', () => {
  const endedProcess = {
    pid: 12,
    startedAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:10:00.000Z',
    exitCause: 'heap-limit',
    because: 'its heap was full',
    alsoOpen: ['gc-pressure', 'event-loop-stall'],
  } as const;
  const incident = anOpenIncident({ status: 'resolved', endedProcess });
  const lines = describeIncident(incident, 'http://127.0.0.1:9464').split('\n');
  for (const line of [
    'process     12, a former one: since 2026-01-01T00:00:00.000Z, last seen 2026-01-01T00:10:00.000Z',
    'exit cause  heap-limit: its heap was full',
    'also open   gc-pressure, event-loop-stall',
  ]) {
    assert.ok(lines.includes(line), `${line}\n\nis not in\n\n${lines.join('\n')}`);
  }
  assert.match(summarize(incident), /of former process 12, exit cause heap-limit$/);
  assert.doesNotMatch(summarize(anOpenIncident()), /former/);
});
