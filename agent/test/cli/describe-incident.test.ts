import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe as describeIncident, summarize } from '../../src/cli/describe-incident.js';
import type { DatabaseView } from '../../src/protocol/database-sessions.js';
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

const database: DatabaseView = {
  askedAt: '2026-01-01T00:00:09.000Z',
  asked: 4,
  known: 3,
  error: null,
  waitingForLock: 2,
  groups: [
    { count: 2, state: 'active', waitEventType: 'Lock', waitEvent: 'relation', oldestMs: 9_000 },
    { count: 1, state: null, waitEventType: null, waitEvent: null, oldestMs: null },
  ],
  blockers: [
    {
      ...{ pid: 4711, state: 'idle in transaction', backendType: 'client backend' },
      ...{ stateMs: 62_000, transactionMs: 63_000, blocks: 2, isOfPool: false },
    },
    {
      ...{ pid: 0, state: null, backendType: null, stateMs: null, transactionMs: null },
      ...{ blocks: 1, isOfPool: false },
    },
  ],
};

test('what a database could not say is told by the reason', () => {
  const silent = { ...database, error: 'too many clients already (53300)' };
  const incident = { ...anOpenIncident(), database: silent };
  assert.match(
    describeIncident(incident, ''),
    /^database {4}could not say more: too many clients already \(53300\)$/m,
  );
});

test('a pool is shown with its target, the blamed line, and who holds its connections', () => {
  const text = describeIncident(
    {
      ...aFinding({ kind: 'pool-exhausted', target: 'db:5432/shop', measurements: { looks: 50 }, database }),
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
          holder({ querying: true, awaitsReader: true }),
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
    'held by readParcel (src/parcel.ts:12) for 9.0 s, runs a query, waits for the reader of its response, GET /sheet',
    'confidence  0.9 from 50 looks at held connections',
    'database    knows 3 of 4 held connections at 2026-01-01T00:00:09.000Z',
    '2 active, waits for Lock/relation, for up to 9.0 s',
    '1 of unknown state, waits for nothing',
    '2 blocked by pid 4711, client backend, idle in transaction for 62.0 s, in a transaction for 63.0 s',
    '1 blocked by a prepared transaction',
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
