import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeapProfile } from '../../src/protocol/heap-profile.js';
import { createChurn } from '../../src/sidecar/churn.js';
import { createProfileReadings } from '../../src/sidecar/profile-readings.js';

const heap = { floorBytes: 1e8, limitBytes: 1e9 };
const profile: HeapProfile = {
  head: {
    callFrame: {
      functionName: 'clone',
      scriptId: '1',
      url: 'file:///app/a.js',
      lineNumber: 4,
      columnNumber: 0,
    },
    selfSize: 3e8,
    id: 1,
    children: [],
  },
  samples: [],
};

/** A process that spends a fifth of its time on collections. */
function pressed(read: () => Promise<HeapProfile | null>) {
  let nowMs = 0;
  let counts = 0;
  let planned: { readonly atMs: number; readonly work: () => void }[] = [];
  const now = () => nowMs;
  const churn = createChurn(
    {
      now,
      countAll: () => {
        counts += 1;
      },
      schedule: (delayMs, work) => void planned.push({ atMs: nowMs + delayMs, work }),
    },
    createProfileReadings({
      now,
      read,
      readingCollects: false,
      readMarked: async () => null,
      collections: { collect: async () => true, measureMarking: async () => null },
      locate: (frame) => ({ ...frame, origin: 'service' }),
    }),
  );
  const second = async (gcRatio = 0.2, mayCount = true) => {
    nowMs += 1_000;
    for (const { work } of planned.filter(({ atMs }) => atMs <= nowMs)) work();
    planned = planned.filter(({ atMs }) => atMs > nowMs);
    await new Promise((resolve) => setImmediate(resolve));
    return churn.judge({ gcRatio }, heap, mayCount);
  };
  const seconds = async (count: number, gcRatio?: number, mayCount?: boolean) => {
    const found = [];
    for (let each = 0; each < count; each += 1) found.push(await second(gcRatio, mayCount));
    return found;
  };
  return { churn, seconds, counts: () => counts };
}

test('counts all allocations for three seconds, and then says who makes the garbage', async () => {
  const { churn, seconds, counts } = pressed(async () => profile);
  const found = await seconds(8);
  assert.deepEqual(
    found.map((each) => each?.culprit?.function ?? null),
    [null, null, null, null, null, null, null, 'clone'],
  );
  assert.equal(found[6], null);
  assert.equal(counts(), 1);
  assert.equal(found[7]?.measurements.allocatedBytesPerSecond, 1e8);
  assert.equal(churn.newest()?.profile, profile);
});

test('looks again after a minute, not before', async () => {
  const { seconds, counts } = pressed(async () => profile);
  await seconds(66);
  assert.equal(counts(), 1);
  const found = await seconds(10);
  assert.equal(counts(), 2);
  assert.equal(found.at(-1)?.occurrences, 2);
});

test('does without the sites when none can be had', async () => {
  const { seconds } = pressed(async () => null);
  const found = await seconds(9);
  assert.equal(found.at(-1)?.culprit, null);
  assert.equal(found.at(-1)?.cause, 'allocation-rate');
});

test('leaves the profiler alone while somebody else needs it', async () => {
  const { seconds, counts } = pressed(async () => profile);
  const found = await seconds(9, 0.2, false);
  assert.equal(counts(), 0);
  assert.equal(found.at(-1)?.culprit, null);
  assert.equal(found[3], null);
  assert.notEqual(found[4], null);
});

test('a healthy process is never counted', async () => {
  const { seconds, counts } = pressed(async () => profile);
  const found = await seconds(100, 0.05);
  assert.ok(found.every((each) => each === null));
  assert.equal(counts(), 0);
});

test('while it counts, a profile holds more than what lives', async () => {
  const { churn, seconds } = pressed(async () => profile);
  await seconds(4);
  assert.equal(churn.isCounting(), false);
  await seconds(1);
  assert.equal(churn.isCounting(), true);
  await seconds(8);
  assert.equal(churn.isCounting(), false);
});
