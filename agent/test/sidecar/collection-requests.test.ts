import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import type { Stall } from '../../src/protocol/stall.js';
import { createCollectionRequests } from '../../src/sidecar/collection-requests.js';
import { fakeTime } from '../harness/fake-time.js';

/** A main thread that may be asked, and how often it was. */
function world(t: TestContext, mayAsk = true) {
  const time = fakeTime(t);
  let asked = 0;
  let collections = { count: 0, pausedMs: 0 };
  const requests = createCollectionRequests({
    now: time.now,
    askForCollection() {
      asked += 1;
      return mayAsk;
    },
    collections: () => collections,
    schedule: (delayMs, work) => void time.schedule(delayMs, work),
  });
  /** V8 marks for so long, and the sidecar hears of it with the next snapshot. */
  const pass = async (markingMs: number, snapshotMs = 1_000): Promise<void> => {
    await time.advance(markingMs);
    const atMs = time.now();
    collections = { count: collections.count + 1, pausedMs: atMs };
    await time.advance(snapshotMs);
    requests.heard(atMs);
    await settled();
  };
  return { ...requests, time, pass, asked: () => asked };
}

test('a collection is there as soon as one has ended after it was asked for', async (t) => {
  const { collect, heard, time } = world(t);
  const startedMs = time.now();
  let answer: boolean | null = null;
  void collect().then((isCollected) => (answer = isCollected));
  heard(startedMs - 1);
  await time.advance(50);
  assert.equal(answer, null);
  heard(startedMs + 50);
  await time.advance(0);
  assert.equal(answer, true);
});

test('whoever asks meanwhile waits for the same one; afterwards there is another', async (t) => {
  const { collect, heard, time, asked } = world(t);
  const both = Promise.all([collect(), collect()]);
  assert.equal(asked(), 1);
  heard(time.now());
  assert.deepEqual(await both, [true, true]);
  void collect();
  assert.equal(asked(), 2);
});

test('none within ten seconds is none, and so is one that may not be asked for', async (t) => {
  const { collect, time } = world(t);
  const answer = collect();
  await time.advance(10_000);
  assert.equal(await answer, false);
  assert.equal(await world(t, false).collect(), false);
});

describe('almostCollect()', () => {
  async function waiting(t: TestContext, withinMs = 10_000) {
    const made = world(t);
    const state = { isBack: false };
    const back = made.almostCollect(withinMs).then(() => {
      state.isBack = true;
    });
    await settled();
    return { ...made, state, back };
  }

  test('learns from one collection how long V8 marks, and is back when most of the next is marked', async (t) => {
    const { pass, time, state, asked } = await waiting(t);
    await pass(400);
    assert.equal(asked(), 2);
    await time.advance(359);
    assert.equal(state.isBack, false);
    await time.advance(1);
    assert.equal(state.isBack, true);
  });

  test('begins anew with what that took when V8 was done before', async (t) => {
    const { pass, time, state, asked } = await waiting(t);
    await pass(400);
    await pass(200);
    assert.deepEqual([asked(), state.isBack], [3, false]);
    await time.advance(180);
    assert.equal(state.isBack, true);
  });

  test('is back without it when V8 was done before three times', async (t) => {
    const { pass, state, asked } = await waiting(t);
    for (const markingMs of [400, 300, 200, 100]) await pass(markingMs);
    assert.deepEqual([asked(), state.isBack], [4, true]);
  });

  test('is back at once where that would take too long', async (t) => {
    const { pass, state, asked } = await waiting(t, 2_000);
    await pass(1_500);
    assert.deepEqual([asked(), state.isBack], [1, true]);
  });

  test('is back without it where none comes, or none may be asked for', async (t) => {
    const { time, back } = await waiting(t);
    await time.advance(10_000);
    await back;
    await world(t, false).almostCollect(10_000);
  });
});

describe('a pause', () => {
  const rows: readonly [string, Partial<Stall>, boolean][] = [
    ['of which nothing is known yet is told later', { gcRatio: null, ended: true }, true],
    ['that was mostly collection is explained', { gcRatio: 0.9, ended: true }, true],
    ['that was mostly code is not', { gcRatio: 0.2, ended: true }, false],
    ['that goes on for longer is not', { gcRatio: null, ended: false, blockedMs: 600 }, false],
    ['before it was asked for is not', { gcRatio: 0.9, ended: true, startedMs: 9_000 }, false],
  ];
  for (const [title, stall, expected] of rows) {
    test(title, async (t) => {
      const { collect, explains, time } = world(t);
      void collect();
      const startedMs = time.now() + 20;
      assert.equal(explains({ startedMs, blockedMs: 200, ...stall } as Stall), expected);
    });
  }

  test('after the collection has ended is not explained', async (t) => {
    const { collect, heard, explains, time } = world(t);
    void collect();
    await time.advance(100);
    heard(time.now());
    const stall = { startedMs: time.now() + 1, blockedMs: 200, ended: true, gcRatio: 0.9 } as Stall;
    assert.equal(explains(stall), false);
  });
});
