import assert from 'node:assert/strict';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { monotonicMs } from '../../src/protocol/clock.js';
import { gcKindName, startGcSensor } from '../../src/sensors/gc.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const deliveryMs = 200;

function start(t: TestContext, onPause?: (kind: string, seconds: number) => void) {
  const sensor = startGcSensor(onPause);
  t.after(() => sensor.close());
  return sensor;
}
/** Allocates without giving the loop a turn, so that many collections come in one delivery. */
function churn(): number {
  let kept: unknown[] = [];
  for (let round = 0; round < 300; round += 1) {
    kept = Array.from({ length: 20_000 }, (_, index) => ({ index }));
  }
  return kept.length;
}
const countOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

test('counts every collection, also when many are told at once', async (t) => {
  let seen = 0;
  let seenMs = 0;
  let deliveries = 0;
  const observer = new PerformanceObserver((list) => {
    deliveries += 1;
    for (const { duration } of list.getEntries()) {
      seen += 1;
      seenMs += duration;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  t.after(() => observer.disconnect());
  const sensor = start(t);
  churn();
  await delay(deliveryMs);
  const histograms = Object.values(sensor.read().byKind);
  const counted = histograms.reduce((sum, { counts }) => sum + countOf(counts), 0);
  const countedMs = histograms.reduce((sum, histogram) => sum + histogram.sum * 1_000, 0);
  assert.ok(seen > 10 && seen > deliveries, `${seen} collections in ${deliveries} deliveries`);
  assert.equal(counted, seen);
  assert.ok(Math.abs(countedMs - seenMs) < 0.001);
});

describe('names the kind', () => {
  const rows: readonly [number, string][] = [
    [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
    [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
    [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
    [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
    [-1, 'other'],
    [0, 'other'],
    [2 ** 20, 'other'],
  ];
  for (const [kind, name] of rows) test(`${kind} ${name}`, () => assert.equal(gcKindName(kind), name));
});

test('tells of each collection as it becomes known', async (t) => {
  const told: [string, number][] = [];
  const sensor = start(t, (kind, seconds) => told.push([kind, seconds]));
  collect();
  await delay(deliveryMs);
  const major = told.filter(([kind]) => kind === 'major');
  assert.ok(major.length >= 1);
  assert.ok(major.every(([, seconds]) => seconds > 0 && seconds < 5));
  assert.equal(countOf(sensor.read().byKind.major?.counts ?? []), major.length);
});

test('tells when collections began, on the clock of all threads', async (t) => {
  const sensor = start(t);
  const beforeMs = monotonicMs();
  collect();
  const afterMs = monotonicMs();
  await delay(deliveryMs);
  const major = sensor.read().pauses.filter(({ kind }) => kind === 'major');
  assert.ok(
    major.some(
      ({ startedMs, durationMs }) => startedMs > beforeMs - 5 && startedMs + durationMs < afterMs + 5,
    ),
    JSON.stringify({ beforeMs, afterMs, major }),
  );
});

test('gives the pauses of a window once, and the counts since the start every time', async (t) => {
  const sensor = start(t);
  collect();
  await delay(deliveryMs);
  const first = sensor.read();
  const second = sensor.read();
  assert.ok(first.pauses.length > 0 && first.windowMs > 0);
  assert.deepEqual([second.pauses, second.windowMs], [[], 0]);
  assert.deepEqual(second.byKind, first.byKind);
});

test('keeps the 64 longest pauses of a window, however many there were', async (t) => {
  const sensor = start(t);
  for (let round = 0; round < 150; round += 1) collect();
  await delay(deliveryMs);
  const { pauses, byKind } = sensor.read();
  assert.equal(pauses.length, 64);
  assert.ok(countOf(byKind.major?.counts ?? []) >= 150);
});

test('close() ends the count', async (t) => {
  const sensor = start(t);
  sensor.close();
  collect();
  await delay(deliveryMs);
  assert.deepEqual(sensor.read().byKind, {});
});

test('tells what a major collection has left, once', async (t) => {
  const sensor = start(t);
  collect();
  await delay(deliveryMs);
  const before = sensor.read().floors.at(-1);
  const kept = Array.from({ length: 300_000 }, (_, index) => ({ index }));
  collect();
  await delay(deliveryMs);
  const after = sensor.read().floors.at(-1);
  assert.ok(before !== undefined && after !== undefined);
  assert.ok(after.bytes - before.bytes > kept.length * 12, `${after.bytes - before.bytes}`);
  assert.ok(after.atMs > before.atMs && after.externalBytes > 0);
  assert.deepEqual(sensor.read().floors, []);
});
