import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricCatalog } from '../../../src/catalog/metrics.js';
import { createPoolProbe } from '../../../src/sensors/threadpool/probe.js';
import { until } from '../../harness/wait.js';

/** A pool whose tasks end when the test says so, on a clock of its own. */
function aPool() {
  const pool = { nowMs: 0, lateMs: 0, sent: 0, end: () => {} };
  const probe = createPoolProbe(
    () => pool.lateMs,
    (done) => {
      pool.sent += 1;
      pool.end = done;
    },
    () => pool.nowMs,
  );
  const at = (nowMs: number): number | null => {
    pool.nowMs = nowMs;
    return probe.read().waitMs;
  };
  return { pool, probe, at };
}
const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

test('nothing is sent with the first reading, and one probe with the second', () => {
  const { pool, at } = aPool();
  assert.equal(at(0), null);
  assert.equal(pool.sent, 0);
  assert.equal(at(1_000), null);
  assert.equal(pool.sent, 1);
});

test('the wait is what passed until the task was done, and is told once', () => {
  const { pool, probe, at } = aPool();
  at(0);
  at(1_000);
  pool.nowMs = 1_300;
  pool.end();
  assert.equal(at(2_000), 300);
  assert.equal(probe.read().wait.sum, 0.3);
  pool.nowMs = 2_000;
  pool.end();
  assert.equal(at(3_000), 0);
});

test('a probe that is still out counts with its age each time, and no second one is sent', () => {
  const { pool, probe, at } = aPool();
  at(0);
  at(1_000);
  assert.equal(at(2_000), 1_000);
  assert.equal(at(3_000), 2_000);
  assert.equal(pool.sent, 1);
  pool.nowMs = 3_500;
  pool.end();
  assert.equal(at(4_000), 2_500);
  assert.equal(pool.sent, 2);
  const { counts, sum } = probe.read().wait;
  assert.equal(sum, 1 + 2 + 2.5 + 0);
  assert.equal(total(counts), 4);
});

test('what the own loop was late meanwhile is taken off, and never more than passed', () => {
  const { pool, at } = aPool();
  at(0);
  at(1_000);
  pool.lateMs = 250;
  pool.nowMs = 1_300;
  pool.end();
  assert.equal(at(2_000), 50);
  pool.lateMs = 5_000;
  pool.nowMs = 2_100;
  pool.end();
  assert.equal(at(3_000), 0);
});

test('a task that cannot be sent is an error of the sensor, and the next one is tried', () => {
  let tries = 0;
  const probe = createPoolProbe(
    () => 0,
    () => {
      tries += 1;
      throw new Error('broken on purpose');
    },
  );
  probe.read();
  assert.throws(() => probe.read(), /broken on purpose/);
  assert.throws(() => probe.read(), /broken on purpose/);
  assert.equal(tries, 2);
});

test('a real task comes back from the real pool', async () => {
  const probe = createPoolProbe(() => 0);
  probe.read();
  probe.read();
  const waitMs = await until('the probe is back', () => probe.read().waitMs);
  assert.ok(waitMs >= 0);
  const { counts } = probe.read().wait;
  assert.equal(counts.length, metricCatalog.threadpoolWait.buckets!.length + 1);
});
