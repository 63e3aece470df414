import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { startHeapSensor } from '../../src/sensors/heap.js';

const megabyte = 1024 * 1024;

test('reads what V8 tells of its heap', () => {
  const reading = startHeapSensor().read();
  assert.equal(reading.limitBytes, getHeapStatistics().heap_size_limit);
  assert.ok(reading.usedBytes > megabyte && reading.usedBytes <= reading.totalBytes);
  assert.deepEqual(
    reading.spaces.map(({ name }) => name),
    getHeapSpaceStatistics().map(({ space_name }) => space_name),
  );
  for (const { name, usedBytes, totalBytes } of reading.spaces) assert.ok(usedBytes <= totalBytes, name);
});

test('sees what is kept on the heap and what is kept outside of it', () => {
  const sensor = startHeapSensor();
  const before = sensor.read();
  const buffer = Buffer.alloc(64 * megabyte, 1);
  const objects = Array.from({ length: 300_000 }, (_, index) => ({ index }));
  const after = sensor.read();
  assert.ok(after.arrayBuffersBytes! - before.arrayBuffersBytes! >= buffer.length - 16 * megabyte);
  assert.ok(after.externalBytes - before.externalBytes >= buffer.length - 16 * megabyte);
  assert.ok(objects.length > 0 && after.usedBytes > before.usedBytes);
});

test('goes on when Node cannot tell of array buffers, as without file descriptors', (t) => {
  t.mock.method(process, 'memoryUsage', () => {
    throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
  });
  const reading = startHeapSensor().read();
  assert.equal(reading.arrayBuffersBytes, null);
  assert.ok(reading.usedBytes > 0);
});
