import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../../src/lifecycle/http-server.js';
import { type Clock, startOpenLoop, systemClock } from '../../src/load/open-loop.js';
import { createRandom, nextGapMs, popular } from '../../src/load/random.js';
import { startLoad } from '../../src/load/run.js';

/** A clock that stands still until it is turned. */
function createManualClock(): Clock & { turn(toMs: number): void } {
  let nowMs = 0;
  let due: { atMs: number; callback: () => void } | null = null;
  return {
    now: () => nowMs,
    schedule(delayMs, callback) {
      due = { atMs: nowMs + delayMs, callback };
      return () => {
        due = null;
      };
    },
    turn(toMs) {
      while (due !== null && due.atMs <= toMs) {
        nowMs = Math.max(nowMs, due.atMs);
        const { callback } = due;
        due = null;
        callback();
      }
      nowMs = toMs;
    },
  };
}

const never = () => new Promise<void>(() => {});

test('arrivals go on by the clock while nothing is answered', () => {
  const clock = createManualClock();
  const loop = startOpenLoop({ clock, nextGapMs: () => 10, maxInFlight: 1_000, send: never });
  clock.turn(1_000);
  assert.equal(loop.sent(), 100);
  assert.equal(loop.inFlight(), 100);
});

test('beyond the limit arrivals are dropped and counted', () => {
  const clock = createManualClock();
  const loop = startOpenLoop({ clock, nextGapMs: () => 10, maxInFlight: 30, send: never });
  clock.turn(1_000);
  assert.deepEqual([loop.sent(), loop.dropped(), loop.inFlight()], [30, 70, 30]);
});

test('a timer that is late sends every arrival it has missed, with the time at which it was due', () => {
  const scheduled: number[] = [];
  let late = () => {};
  let nowMs = 0;
  startOpenLoop({
    clock: {
      now: () => nowMs,
      schedule(_delayMs, callback) {
        late = callback;
        return () => {};
      },
    },
    nextGapMs: () => 10,
    maxInFlight: 1_000,
    async send(scheduledMs) {
      scheduled.push(scheduledMs);
    },
  });
  nowMs = 55;
  late();
  assert.deepEqual(scheduled, [10, 20, 30, 40, 50]);
});

test('nothing is sent after close', () => {
  const clock = createManualClock();
  const loop = startOpenLoop({ clock, nextGapMs: () => 10, maxInFlight: 1_000, send: never });
  clock.turn(100);
  loop.close();
  clock.turn(1_000);
  assert.equal(loop.sent(), 10);
});

test('the same seed gives the same arrivals, another one gives others', () => {
  const gaps = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => nextGapMs(random, 40));
  };
  assert.deepEqual(gaps(7), gaps(7));
  assert.notDeepEqual(gaps(7), gaps(8));
});

test('arrivals come at the rate that was asked for', () => {
  const random = createRandom(1);
  let totalMs = 0;
  for (let count = 0; count < 20_000; count += 1) totalMs += nextGapMs(random, 40);
  assert.ok(Math.abs(20_000 / (totalMs / 1_000) - 40) < 2);
});

test('a few products are asked for much more often than the rest, and none outside the range', () => {
  const random = createRandom(1);
  const ids = Array.from({ length: 5_000 }, () => popular(random, 50_000));
  assert.ok(ids.every((id) => id >= 1 && id <= 50_000));
  const share = ids.filter((id) => id <= 500).length / ids.length;
  assert.ok(share > 0.4 && share < 0.8, `share of the top percent is ${share}`);
});

test('against a server that answers slowly the load keeps its rate, and latencies count from the due time', async () => {
  const answerMs = 600;
  const server = createServer((_request, response) => void setTimeout(() => response.end('{}'), answerMs));
  const listening = await listen(server, 0, '127.0.0.1', 'PORT');
  const load = startLoad(
    {
      target: new URL(`http://127.0.0.1:${listening.port}`),
      rate: 50,
      exportEveryMs: 0,
      featureEveryMs: 0,
      slowReaders: 0,
      adminToken: null,
      seed: 1,
      productCount: 100,
      maxInFlight: 1_000,
    },
    systemClock,
  );
  await delay(2_000);
  const summary = load.summarize();
  await load.close(5_000);
  await listening.close(1_000);
  // A closed loop with one user would have sent three or four requests by now.
  assert.ok(summary.sent > 50, `sent ${summary.sent}`);
  assert.ok(summary.inFlight > 10, `in flight ${summary.inFlight}`);
  assert.ok(summary.p50Ms !== null && summary.p50Ms >= answerMs - 10, `p50 ${summary.p50Ms}`);
  assert.equal(summary.errors, 0);
});
