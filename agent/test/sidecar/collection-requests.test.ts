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
  const requests = createCollectionRequests({
    now: time.now,
    askForCollection() {
      asked += 1;
      return mayAsk;
    },
    schedule: (delayMs, work) => void time.schedule(delayMs, work),
  });
  /** V8 marks for so long and pauses then, and the sidecar hears of it with the next snapshot. */
  const pass = async (markingMs: number, pauseMs = 8, snapshotMs = 1_000): Promise<void> => {
    requests.note([{ kind: 'incremental', startedMs: time.now(), durationMs: 2 }]);
    await time.advance(markingMs);
    const atMs = time.now();
    await time.advance(snapshotMs);
    requests.note([{ kind: 'major', startedMs: atMs, durationMs: pauseMs }]);
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

describe('how long V8 marks', () => {
  async function measuring(t: TestContext) {
    const made = world(t);
    const state = { markingMs: undefined as number | null | undefined };
    const back = made.measureMarking().then((markingMs) => {
      state.markingMs = markingMs;
    });
    await settled();
    return { ...made, state, back };
  }

  test('is learnt from a collection that is asked for', async (t) => {
    const { pass, time, asked, state } = await measuring(t);
    await time.advance(20);
    await pass(400);
    assert.deepEqual([asked(), state.markingMs], [1, 400]);
  });

  test('is learnt from another one where V8 hardly marked before it paused', async (t) => {
    const { pass, asked, state } = await measuring(t);
    await pass(4, 97);
    assert.deepEqual([asked(), state.markingMs], [2, undefined]);
    await pass(200);
    assert.equal(state.markingMs, 200);
  });

  test('stays unknown after three of those', async (t) => {
    const { pass, asked, state } = await measuring(t);
    for (const markingMs of [4, 3, 4]) await pass(markingMs, 97);
    assert.deepEqual([asked(), state.markingMs], [3, null]);
  });

  test('counts from the request where nobody tells when V8 began', async (t) => {
    const { note, heard, time, state } = await measuring(t);
    const askedMs = time.now();
    note([
      { kind: 'major', startedMs: askedMs - 10, durationMs: 5 },
      { kind: 'major', startedMs: askedMs + 300, durationMs: 5 },
    ]);
    heard(askedMs + 300);
    await settled();
    assert.equal(state.markingMs, 300);
  });

  test('stays unknown where none comes, or none may be asked for', async (t) => {
    const { time, back, state } = await measuring(t);
    await time.advance(10_000);
    await back;
    assert.equal(state.markingMs, null);
    assert.equal(await world(t, false).measureMarking(), null);
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
