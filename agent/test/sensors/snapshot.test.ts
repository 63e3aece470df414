import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../src/protocol/clock.js';
import type { Sensor } from '../../src/sensors/sensor.js';
import { createSnapshotReader, type SnapshotSensors } from '../../src/sensors/snapshot.js';

const reads = <Value>(value: Value): Sensor<Value> => ({ read: () => value, close() {} });
const heap = {
  totalBytes: 1,
  usedBytes: 2,
  limitBytes: 3,
  externalBytes: 4,
  arrayBuffersBytes: 5,
  spaces: [],
};
const sensors: SnapshotSensors = {
  delay: reads(null),
  utilization: reads({ ratio: 0.5, activeMs: 1, idleMs: 1 }),
  gc: reads(null),
  heap: reads(heap),
  resources: reads({ Timeout: 1 }),
  pools: reads([]),
  dependencies: reads([]),
  threadpool: reads(null),
  inbound: reads(0),
  requests: reads(null),
  listeners: reads([]),
  chaosFaults: reads([]),
};
const failing: Sensor<never> = {
  read() {
    throw new Error('broken on purpose');
  },
  close() {},
};

test('holds what every sensor reads, and when', () => {
  const before = { atMs: Date.now(), monotonicMs: monotonicMs() };
  const { atMs, monotonicMs: at, errors, ...parts } = createSnapshotReader(sensors)();
  assert.ok(atMs >= before.atMs && at >= before.monotonicMs && at <= monotonicMs());
  assert.deepEqual(parts.heap, heap);
  assert.deepEqual(parts.resources, { Timeout: 1 });
  assert.deepEqual(Object.keys(parts).sort(), Object.keys(sensors).sort());
  assert.deepEqual(errors, Object.fromEntries(Object.keys(sensors).map((name) => [name, 0])));
});

test('goes on without a sensor that throws, and counts how often', () => {
  const read = createSnapshotReader({ ...sensors, heap: failing, pools: failing });
  read();
  const snapshot = read();
  assert.deepEqual([snapshot.heap, snapshot.pools], [null, null]);
  assert.deepEqual([snapshot.errors.heap, snapshot.errors.pools, snapshot.errors.gc], [2, 2, 0]);
  assert.deepEqual(snapshot.resources, { Timeout: 1 });
});

test('what was read earlier stays as it was', () => {
  const read = createSnapshotReader({ ...sensors, heap: failing });
  const first = read();
  read();
  assert.equal(first.errors.heap, 1);
});

test('can be sent to another thread', () => {
  const snapshot = createSnapshotReader(sensors)();
  assert.deepEqual(structuredClone(snapshot), snapshot);
});
