import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseSession } from '../../../src/protocol/database-sessions.js';
import { createDatabaseAsker } from '../../../src/sidecar/database/asker.js';
import { aPoolReading, aSession } from '../../harness/make.js';

const held = [{ ageMs: 1, querying: true, request: null, frames: [], backendPid: 7 }];

/** An asker whose questions are answered by the test. */
function start(target = 'localhost:5432/shop') {
  let nowMs = 0;
  const questions: {
    readonly pids: readonly number[];
    readonly signal: AbortSignal;
    readonly answer: (sessions: DatabaseSession[]) => Promise<void>;
    readonly fail: (error: Error) => Promise<void>;
  }[] = [];
  const asker = createDatabaseAsker({
    url: 'postgres://u:secret@127.0.0.1/shop',
    now: () => nowMs,
    ask: (pids, signal) =>
      new Promise((resolve, reject) => {
        questions.push({
          pids,
          signal,
          answer(sessions) {
            resolve({ sessions, others: [] });
            return nextTurn();
          },
          fail(error) {
            reject(error);
            return nextTurn();
          },
        });
      }),
  });
  const look = (afterMs: number, rest = {}) => {
    nowMs += afterMs;
    return asker.look(aPoolReading({ target, held, ...rest }));
  };
  return { asker, look, questions };
}

test('one question is asked at a time, and the next one five seconds after the answer', async () => {
  const { look, questions } = start();
  assert.equal(look(0), null);
  for (let second = 0; second < 20; second += 1) look(1_000);
  assert.deepEqual(
    questions.map(({ pids }) => pids),
    [[7]],
  );
  await questions[0]!.answer([aSession({ pid: 7 })]);
  assert.equal(look(4_999)?.sessions.length, 1);
  assert.equal(questions.length, 1);
  look(1);
  assert.equal(questions.length, 2);
});

test('two pools of one database are asked about in turn', async () => {
  const { look, questions } = start();
  const other = { name: 'other', held: held.map((each) => ({ ...each, backendPid: 8 })) };
  for (let turn = 0; turn < 4; turn += 1) {
    look(5_000);
    look(0, other);
    await questions[turn]!.answer([]);
  }
  assert.deepEqual(
    questions.map(({ pids }) => pids[0]),
    [7, 8, 7, 8],
  );
});

test('a pool that is forgotten while it waits for its turn keeps nobody waiting', async () => {
  const { asker, look, questions } = start();
  look(0);
  look(0, { name: 'other' });
  await questions[0]!.answer([]);
  asker.forget('other');
  look(5_000);
  assert.equal(questions.length, 2);
});

test('an answer is told for fifteen seconds', async () => {
  const { look, questions } = start();
  look(0);
  await questions[0]!.answer([aSession({ pid: 7 })]);
  assert.notEqual(look(15_000), null);
  assert.equal(look(1), null);
});

test('an answer for one time that the pool was exhausted is none for the next', async () => {
  const { asker, look, questions } = start();
  look(0);
  await questions[0]!.answer([aSession({ pid: 7 })]);
  asker.forget('db');
  assert.equal(look(1), null);
});

for (const [title, rest] of [
  ['a pool of another server', { target: 'other:5432/shop' }],
  ['a pool of another database', { target: 'localhost:5432/stock' }],
  [
    'a pool whose connections do not tell their process',
    { held: held.map(({ backendPid: _, ...more }) => more) },
  ],
  ['a pool of which nothing is out', { held: [] }],
] as const) {
  test(`nothing is asked for ${title}`, () => {
    const { look, questions } = start();
    assert.equal(look(0, rest), null);
    assert.equal(questions.length, 0);
  });
}

for (const [title, sessions, error] of [
  ['that knows none of the connections', [], /pooler/],
  ['that shows no states', [aSession({ state: null, waitEventType: null })], /pg_read_all_stats/],
  ['that shows them', [aSession()], null],
] as const) {
  test(`what a server ${title} leaves open is told`, async () => {
    const { look, questions } = start();
    look(0);
    await questions[0]!.answer([...sessions]);
    const told = look(1)?.error ?? null;
    if (error === null) assert.equal(told, null);
    else assert.match(told ?? '', error);
  });
}

test('a server that cannot be asked is told by its reason and code', async () => {
  const { look, questions } = start();
  look(0);
  await questions[0]!.fail(Object.assign(new Error('sorry, too many clients already'), { code: '53300' }));
  const answer = look(1);
  assert.equal(answer?.error, 'sorry, too many clients already (53300)');
  assert.deepEqual(answer?.sessions, []);
});

test('close gives up the question that is being asked, and none is asked after it', () => {
  const { asker, look, questions } = start();
  look(0);
  asker.close();
  assert.equal(questions[0]?.signal.aborted, true);
  look(60_000);
  assert.equal(questions.length, 1);
});
