import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DatabaseAnswer, DatabaseSession } from '../../../src/protocol/database-sessions.js';
import { findPoolLock } from '../../../src/sidecar/diagnosis/pool-lock.js';
import { viewSessions } from '../../../src/sidecar/diagnosis/pool-sessions.js';
import { aSession } from '../../harness/make.js';

const waiter = (pid: number, ...blockedBy: number[]): DatabaseSession =>
  aSession({ pid, waitEventType: 'Lock', waitEvent: 'relation', blockedBy });
const holder = (pid: number, rest: Partial<DatabaseSession> = {}): DatabaseSession =>
  aSession({
    pid,
    state: 'idle in transaction',
    waitEventType: 'Client',
    waitEvent: 'ClientRead',
    stateMs: 62_000,
    ...rest,
  });
const view = (
  sessions: readonly DatabaseSession[],
  others: readonly DatabaseSession[] = [],
  rest: Partial<DatabaseAnswer> = {},
) => viewSessions({ askedAt: 'now', asked: sessions.length, error: null, sessions, others, ...rest });
const lock = (sessions: readonly DatabaseSession[], others: readonly DatabaseSession[] = []) =>
  findPoolLock(view(sessions, others), 0.5)?.because ?? null;

describe('a lock is the cause', () => {
  const rows: readonly [string, string, DatabaseSession[], DatabaseSession[]][] = [
    [
      'of another session',
      '2 of 2 connections wait for a lock (relation) held by pid 9, idle in transaction for 62 s',
      [waiter(1, 9), waiter(2, 9, 1)],
      [holder(9)],
    ],
    [
      'of a connection of the same pool',
      '2 of 3 connections wait for a lock (relation) held by pid 3 of this pool, idle in transaction for 62 s',
      [waiter(1, 3), waiter(2, 3), holder(3)],
      [],
    ],
    [
      'at the end of a queue through somebody else',
      '1 of 1 connections waits for a lock (relation) held by pid 9, idle in transaction for 62 s',
      [waiter(1, 8)],
      [waiter(8, 9), holder(9)],
    ],
    [
      'of a prepared transaction',
      '1 of 1 connections waits for a lock (relation) held by a prepared transaction',
      [waiter(1, 0)],
      [],
    ],
    [
      'of a session that has gone meanwhile',
      '1 of 1 connections waits for a lock (relation) held by pid 9',
      [waiter(1, 9)],
      [],
    ],
    [
      'of a worker of the server',
      '1 of 1 connections waits for a lock (relation) held by pid 9, autovacuum worker, active for 2.0 s',
      [waiter(1, 9)],
      [holder(9, { state: 'active', stateMs: 2_000, backendType: 'autovacuum worker' })],
    ],
    [
      'of two sessions, the one that blocks more first',
      '3 of 3 connections wait for a lock (relation) held by pid 9, idle in transaction for 62 s, and by 1 more',
      [waiter(1, 8), waiter(2, 9), waiter(3, 9)],
      [holder(8), holder(9)],
    ],
    [
      'of half of them',
      '1 of 2 connections waits for a lock (relation) held by pid 9',
      [waiter(1, 9), aSession({ pid: 2 })],
      [],
    ],
  ];
  for (const [title, because, sessions, others] of rows)
    test(title, () => assert.equal(lock(sessions, others), because));
});

describe('a lock is not the cause', () => {
  const rows: readonly [string, DatabaseSession[]][] = [
    ['when nobody waits for one', [aSession({ pid: 1 }), holder(2)]],
    ['when fewer than half wait for one', [waiter(1, 9), aSession({ pid: 2 }), aSession({ pid: 3 })]],
    ['when they wait for something else', [aSession({ waitEventType: 'LWLock', waitEvent: 'WALWrite' })]],
    ['when the server knows none of them', []],
  ];
  for (const [title, sessions] of rows) test(title, () => assert.equal(lock(sessions), null));
  test('when the server was not asked', () => assert.equal(findPoolLock(null, 0.5), null));
});

test('a circle of waiters has no end, and is not searched for ever', () => {
  const { blockers, waitingForLock } = view([waiter(1, 2), waiter(2, 1)]);
  assert.deepEqual([blockers, waitingForLock], [[], 2]);
});

test('connections in the same state are one group, with the longest time', () => {
  const { groups } = view([aSession({ pid: 1, stateMs: 5 }), aSession({ pid: 2, stateMs: 9 }), holder(3)]);
  assert.deepEqual(
    groups.map(({ count, state, oldestMs }) => [count, state, oldestMs]),
    [
      [2, 'active', 9],
      [1, 'idle in transaction', 62_000],
    ],
  );
});
