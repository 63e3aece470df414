import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { metricCatalog } from '../../src/catalog/metrics.js';
import { monotonicMs } from '../../src/protocol/clock.js';
import { type Heartbeat, openHeartbeat } from '../../src/protocol/heartbeat.js';
import { startEventLoopDelaySensor } from '../../src/sensors/event-loop-delay.js';
import { spin, until } from '../harness/wait.js';

const intervalMs = 25;
const bounds = metricCatalog.eventLoopDelay.buckets ?? [];

function start(t: TestContext, pace = { workingMs: intervalMs, restingMs: intervalMs }) {
  const heartbeat = openHeartbeat();
  const works: number[] = [];
  const sensor = startEventLoopDelaySensor(heartbeat, pace, () => works.push(heartbeat.beats()));
  t.after(() => sensor.close());
  return { heartbeat, sensor, works };
}
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
const countAbove = (counts: readonly number[], seconds: number): number =>
  sum(counts.filter((_, bucket) => (bounds[bucket - 1] ?? 0) >= seconds));

test('knows nothing before its first timer has fired', (t) => {
  const { sensor } = start(t);
  const { histogram, ...rest } = sensor.read();
  assert.deepEqual(new Set(Object.values(rest)), new Set([null]));
  assert.equal(sum(histogram.counts), 0);
});

test('reads near 0 when idle: the interval of its own timer is not a delay', async (t) => {
  const { sensor } = start(t);
  const reading = await until('there are enough beats', async () => {
    await delay(intervalMs * 4);
    const now = sensor.read();
    // On a busy machine single beats are late; half of them must not be.
    return sum(now.histogram.counts) >= 40 && now.p50Ms! < 5 && now;
  });
  assert.ok(reading.minMs! < 5 && reading.minMs! >= 0, `${reading.minMs}`);
});

test('shows a single block in the maximum and in the histogram, and hides it in the median', async (t) => {
  const { sensor } = start(t);
  await until('the loop is calm', async () => {
    await delay(intervalMs * 10);
    return sensor.read().p50Ms! < 10;
  });
  const before = countAbove(sensor.read().histogram.counts, 0.1);
  spin(250);
  await delay(intervalMs * 2);
  const { maxMs, p50Ms, p99Ms, stddevMs, histogram } = sensor.read();
  assert.ok(maxMs! >= 190, `max ${maxMs}`);
  assert.ok(p50Ms! < 100, `p50 ${p50Ms}`);
  assert.ok(p99Ms! <= maxMs! && stddevMs! > 0);
  assert.ok(countAbove(histogram.counts, 0.1) > before);
  assert.ok(histogram.sum >= 0.19);
});

test('gives every reader the same numbers: reading takes nothing away', async (t) => {
  const { sensor } = start(t);
  await delay(intervalMs * 4);
  assert.deepEqual(sensor.read(), sensor.read());
});

test('beats for the watchdog, and marks only what is longer than its beats', async (t) => {
  const { heartbeat } = start(t);
  await until('the loop is calm', async () => {
    const before = heartbeat.beats();
    await delay(intervalMs * 6);
    return heartbeat.beats() - before >= 4;
  });
  spin(300);
  const beats = heartbeat.beats();
  await until('beats follow', () => heartbeat.beats() >= beats + 3);
  const { gapMs } = heartbeat.lastGap();
  assert.ok(gapMs >= 250, `${gapMs} ms`);
});

const resting = { workingMs: intervalMs, restingMs: intervalMs * 8 };
const isResting = (heartbeat: Heartbeat) => heartbeat.dueMs() - heartbeat.lastBeatMs() > intervalMs * 4;

test('beats seldom once nothing has gone on for a while, and says when the next beat is due', async (t) => {
  const { heartbeat } = start(t, resting);
  assert.ok(!isResting(heartbeat));
  await until('it rests', () => isResting(heartbeat));
});

test('a request ends the rest: it is a beat, the next one is due soon, and the watchdog hears of it', async (t) => {
  const { heartbeat, sensor, works } = start(t, resting);
  await until('it rests', () => isResting(heartbeat));
  const beats = heartbeat.beats();
  sensor.work();
  assert.equal(heartbeat.beats(), beats + 1);
  assert.deepEqual(works, [beats + 1]);
  assert.ok(!isResting(heartbeat));
  sensor.work();
  assert.equal(works.length, 1);
  await until('beats follow', () => heartbeat.beats() >= beats + 3);
});

test('a block that a request ends is marked and measured, as one that a timer ends', async (t) => {
  const { heartbeat, sensor } = start(t, resting);
  await until('it rests', () => isResting(heartbeat));
  const before = countAbove(sensor.read().histogram.counts, 0.1);
  spin(intervalMs * 16);
  sensor.work();
  assert.ok(heartbeat.lastGap().gapMs >= intervalMs * 16);
  assert.ok(countAbove(sensor.read().histogram.counts, 0.1) > before);
});

test('close() ends the beats', async (t) => {
  const { heartbeat, sensor } = start(t);
  await until('it beats', () => heartbeat.beats() > 1);
  sensor.close();
  const beats = heartbeat.beats();
  await delay(intervalMs * 4);
  assert.equal(heartbeat.beats(), beats);
});

test('adds up how late the loop has been, the delay that lasts included, and never goes back', async (t) => {
  const { sensor } = start(t);
  await delay(intervalMs * 4);
  const before = sensor.lateMs(monotonicMs());
  spin(250);
  // No beat has come yet.
  const during = sensor.lateMs(monotonicMs());
  assert.ok(during - before >= 250 - intervalMs * 2, `${during - before}`);
  await delay(intervalMs * 2);
  const after = sensor.lateMs(monotonicMs());
  assert.ok(after >= during, `${during} then ${after}`);
});
