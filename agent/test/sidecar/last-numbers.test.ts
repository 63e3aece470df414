import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NumberSources, readHeapNumbers, readLastNumbers } from '../../src/sidecar/last-numbers.js';
import { aSnapshot } from '../harness/make.js';

const space = (name: string, usedBytes: number) => ({
  name,
  usedBytes,
  totalBytes: usedBytes,
  availableBytes: 0,
  physicalBytes: usedBytes,
});
const heap = {
  totalBytes: 80,
  usedBytes: 70,
  limitBytes: 130,
  externalBytes: 5,
  arrayBuffersBytes: null,
  spaces: [space('old_space', 50), space('large_object_space', 10), space('new_space', 10)],
};
const sources = (rest: Partial<NumberSources> = {}): NumberSources => ({
  now: () => 6_000,
  snapshot: () => aSnapshot({ monotonicMs: 5_000, heap }),
  live: () => ({ bytes: 40, atMs: 4_500, bytesPerSecond: 2.25 }),
  gcRatio: () => 0.123_456,
  resident: () => 100,
  containerLimit: () => 110,
  room: () => ({ where: 'the container', freeBytes: 10, fillBytesPerSecond: 3 }),
  youngReserveBytes: 30,
  ...rest,
});

test('the numbers are those of heap, process and container, without what is not known', () => {
  assert.deepEqual(readLastNumbers(sources()), {
    residentBytes: 100,
    containerLimitBytes: 110,
    containerFreeBytes: 10,
    containerFillBytesPerSecond: 3,
    liveBytes: 40,
    liveBytesPerSecond: 2.25,
    liveAgeMs: 1_500,
    oldBytes: 60,
    v8LimitBytes: 100,
    limitBytes: 90,
    heapUsedBytes: 70,
    heapTotalBytes: 80,
    externalBytes: 5,
    snapshotAgeMs: 1_000,
    gcRatio: 0.123,
  });
});

test('what the machine has left is not the room of the container', () => {
  const numbers = readLastNumbers(
    sources({ room: () => ({ where: 'the machine', freeBytes: 1, fillBytesPerSecond: 0 }) }),
  );
  assert.equal('containerFreeBytes' in numbers, false);
});

test('before the first snapshot only what lies around the process is known', () => {
  const nothing = sources({ snapshot: () => null, live: () => null, resident: () => null });
  assert.deepEqual(readLastNumbers(nothing), {
    containerLimitBytes: 110,
    containerFreeBytes: 10,
    containerFillBytesPerSecond: 3,
  });
});

test('the heap alone is read without a look at the system', () => {
  const fail = (): never => assert.fail('asked the system');
  const { oldBytes, v8LimitBytes } = readHeapNumbers(
    sources({ resident: fail, containerLimit: fail, room: fail }),
  );
  assert.deepEqual([oldBytes, v8LimitBytes], [60, 100]);
});
