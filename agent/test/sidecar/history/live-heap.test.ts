import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLiveHeapTracker } from '../../../src/sidecar/history/live-heap.js';
import { aSnapshot } from '../../harness/make.js';

const after = (...floors: readonly [atMs: number, bytes: number][]) =>
  aSnapshot({
    gc: {
      byKind: {},
      pauses: [],
      windowMs: 0,
      floors: floors.map(([atMs, bytes]) => ({ atMs, bytes, externalBytes: 0 })),
    },
  });

test('before the first collection nobody knows what lives', () => {
  const live = createLiveHeapTracker();
  live.add(aSnapshot());
  live.add(after());
  assert.equal(live.read(), null);
});

test('one collection tells how much lives, and nothing of growth', () => {
  const live = createLiveHeapTracker();
  live.add(after([1_000, 50]));
  assert.deepEqual(live.read(), { bytes: 50, atMs: 1_000, bytesPerSecond: 0 });
});

test('growth is that of the last ten seconds, not of what was before', () => {
  const live = createLiveHeapTracker();
  live.add(after([0, 1_000], [40_000, 100]));
  live.add(after([45_000, 200]));
  live.add(after([50_000, 300]));
  assert.deepEqual(live.read(), { bytes: 300, atMs: 50_000, bytesPerSecond: 20 });
});

test('a thousand collections take no more room than a few', () => {
  const live = createLiveHeapTracker();
  for (let index = 0; index < 1_000; index += 1) live.add(after([index, index]));
  assert.deepEqual(live.read(), { bytes: 999, atMs: 999, bytesPerSecond: 1_000 });
});
