import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openHeartbeat } from '../../src/protocol/heartbeat.js';
import { mockClock } from '../harness/fake-time.js';

const generousMs = 20_000;
const notableGapMs = 100;
const intervalMs = 25;

function beating(t: TestContext) {
  const clock = mockClock(t, 1_000);
  const heartbeat = openHeartbeat();
  /** Beats after each of these times. */
  const beatAfter = (...waitsMs: number[]): void => {
    for (const waitMs of waitsMs) {
      clock.pass(waitMs);
      heartbeat.beat(notableGapMs, intervalMs);
    }
  };
  return { heartbeat, beatAfter };
}

test('two views of one buffer see the same beats, times and flags', (t) => {
  const { heartbeat, beatAfter } = beating(t);
  const view = openHeartbeat(heartbeat.buffer);
  beatAfter(0, 500);
  assert.equal(view.beats(), 2);
  assert.equal(view.lastBeatMs(), 1_500);
  assert.deepEqual(view.lastGap(), heartbeat.lastGap());
  heartbeat.setInspectorPort(65_535);
  assert.equal(view.inspectorPort(), 65_535);
  heartbeat.setInspectorPort(0);
  assert.equal(view.inspectorPort(), 0);
});

test('beat() returns the time that it wrote', (t) => {
  mockClock(t, 1_234.5);
  const heartbeat = openHeartbeat();
  assert.equal(heartbeat.beat(notableGapMs, intervalMs), 1_234.5);
  assert.equal(heartbeat.lastBeatMs(), 1_234.5);
  assert.equal(heartbeat.dueMs(), 1_234.5 + intervalMs);
});

test('knows of no gap before the first one, nor at the first beat', (t) => {
  const { heartbeat, beatAfter } = beating(t);
  assert.deepEqual(heartbeat.lastGap(), { endedMs: 0, gapMs: 0 });
  beatAfter(0, 5);
  assert.deepEqual(heartbeat.lastGap(), { endedMs: 0, gapMs: 0 });
});

test('marks a long gap with its end and its length', (t) => {
  const { heartbeat, beatAfter } = beating(t);
  beatAfter(0, 25, 1_025);
  assert.deepEqual(heartbeat.lastGap(), { endedMs: 2_050, gapMs: 1_025 });
});

test('keeps a long gap while beats follow at their interval, until the next long one', (t) => {
  const { heartbeat, beatAfter } = beating(t);
  beatAfter(0, 1_025, 25, 25, 100, 25);
  assert.deepEqual(heartbeat.lastGap(), { endedMs: 2_025, gapMs: 1_025 });
  beatAfter(101);
  assert.deepEqual(heartbeat.lastGap(), { endedMs: 2_301, gapMs: 101 });
});

test('goes on for more beats than a counter of 32 bits has', () => {
  const heartbeat = openHeartbeat();
  new Int32Array(heartbeat.buffer)[0] = 2 ** 31 - 1;
  const before = heartbeat.beats();
  heartbeat.beat(notableGapMs, intervalMs);
  assert.notEqual(heartbeat.beats(), before);
});

test('releaseForExit returns at once when no session is open, and says that the process exits', () => {
  const heartbeat = openHeartbeat();
  assert.equal(heartbeat.exiting(), false);
  const startedMs = performance.now();
  heartbeat.releaseForExit(generousMs);
  assert.ok(performance.now() - startedMs < generousMs / 2);
  assert.equal(heartbeat.exiting(), true);
});

test('releaseForExit waits no longer than it may for a session that nobody closes', () => {
  const heartbeat = openHeartbeat();
  heartbeat.setSessionOpen(true);
  const startedMs = performance.now();
  heartbeat.releaseForExit(30);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs >= 25 && tookMs < generousMs / 2, `${tookMs} ms`);
});

test('releaseForExit returns as soon as another thread has closed the session', async () => {
  const heartbeat = openHeartbeat();
  heartbeat.setSessionOpen(true);
  const closer = `
    const { workerData } = require('node:worker_threads');
    import(workerData.module).then(({ openHeartbeat }) => {
      const heartbeat = openHeartbeat(workerData.buffer);
      const poll = setInterval(() => {
        if (!heartbeat.exiting()) return;
        heartbeat.setSessionOpen(false);
        clearInterval(poll);
      }, 1);
    });`;
  const module = new URL('../../src/protocol/heartbeat.js', import.meta.url).href;
  const worker = new Worker(closer, { eval: true, workerData: { module, buffer: heartbeat.buffer } });
  await delay(0);
  const startedMs = performance.now();
  heartbeat.releaseForExit(generousMs);
  assert.ok(performance.now() - startedMs < generousMs / 2);
  await worker.terminate();
});

test('beforeExit does its work until the main thread exits, and never after', () => {
  const heartbeat = openHeartbeat();
  let done = 0;
  const work = (): void => {
    done += 1;
  };
  assert.equal(heartbeat.beforeExit(work), true);
  heartbeat.releaseForExit(generousMs);
  assert.equal(heartbeat.beforeExit(work), false);
  assert.equal(done, 1);
});

test('beforeExit lets the main thread exit when its work throws', () => {
  const heartbeat = openHeartbeat();
  assert.throws(() =>
    heartbeat.beforeExit(() => {
      throw new Error('disk');
    }),
  );
  const startedMs = performance.now();
  heartbeat.releaseForExit(generousMs);
  assert.ok(performance.now() - startedMs < generousMs / 2);
});

test('releaseForExit waits until work that has begun is done', async (t) => {
  const heartbeat = openHeartbeat();
  const state = new Int32Array(new SharedArrayBuffer(8));
  const writer = `
    const { workerData } = require('node:worker_threads');
    import(workerData.module).then(({ openHeartbeat }) => {
      openHeartbeat(workerData.buffer).beforeExit(() => {
        Atomics.store(workerData.state, 0, 1);
        Atomics.notify(workerData.state, 0);
        // Until the main thread has asked, and a moment longer.
        Atomics.wait(workerData.state, 1, 0, 100);
        Atomics.store(workerData.state, 0, 2);
      });
    });`;
  const module = new URL('../../src/protocol/heartbeat.js', import.meta.url).href;
  const workerData = { module, buffer: heartbeat.buffer, state };
  const worker = new Worker(writer, { eval: true, workerData });
  t.after(() => worker.terminate());
  Atomics.wait(state, 0, 0, generousMs);
  heartbeat.releaseForExit(generousMs);
  assert.equal(Atomics.load(state, 0), 2);
});
