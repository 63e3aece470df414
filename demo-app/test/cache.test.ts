import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBoundedCache } from '../src/cache.js';
import { createAwaitingCache } from '../src/cache-awaiting.js';
import { createGrowingCache } from '../src/cache-growing.js';
import { createOversizedCache } from '../src/cache-oversized.js';
import { eventually } from './harness/process.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('the cache never holds more entries than its limit, and drops the one used longest ago', () => {
  const cache = createBoundedCache<{ id: number }>({ maxEntries: 3, ttlMs: 60_000 });
  for (let id = 1; id <= 3; id += 1) cache.set(id, { id });
  cache.get(1);
  for (let id = 4; id <= 5; id += 1) cache.set(id, { id });
  assert.equal(cache.size(), 3);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((id) => cache.get(id)?.id),
    [1, undefined, undefined, 4, 5],
  );
});

test('an entry past its age is not given out', async () => {
  const cache = createBoundedCache<{ id: number }>({ maxEntries: 3, ttlMs: 30 });
  cache.set(1, { id: 1 });
  assert.ok(await eventually(() => cache.get(1) === undefined, 5_000));
});

test('the growing twin keeps a page of each visit and finds none of them again', () => {
  let kept = 0;
  let isOver = false;
  const cache = createGrowingCache<{ id: number }>({
    pagesPerVisit: 10,
    expired: () => isOver,
    onKeep: () => {
      kept += 1;
    },
  });
  for (let visit = 0; visit < 3; visit += 1) cache.set(1, { id: 1 });
  assert.deepEqual([cache.size(), cache.get(1), kept], [30, undefined, 3]);
  isOver = true;
  cache.set(1, { id: 1 });
  assert.deepEqual([cache.size(), kept], [30, 3]);
  cache.clear();
  assert.equal(cache.size(), 0);
});

test('the awaiting twin keeps a page for each visit until it is cleared, though no map holds any', () => {
  let kept = 0;
  let isOver = false;
  const cache = createAwaitingCache<{ rows: number[] }>({
    pagesPerVisit: 100,
    expired: () => isOver,
    onKeep: () => {
      kept += 1;
    },
  });
  const heldBytes = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const page = { rows: Array.from({ length: 1_000 }, (_, row) => row) };
  const before = heldBytes();
  for (let visit = 0; visit < 10; visit += 1) cache.set(1, page);
  const heldByPages = heldBytes() - before;
  assert.ok(heldByPages > 1_000 * 1_000 * 4, `${heldByPages} bytes`);
  assert.deepEqual([cache.size(), cache.get(1), kept], [0, undefined, 10]);
  isOver = true;
  cache.set(1, page);
  assert.equal(kept, 10);
  cache.clear();
  assert.ok(heldBytes() - before < heldByPages / 2, `${heldBytes() - before} of ${heldByPages} bytes`);
});

test('the oversized twin fills the heap to its share, refills what is set free, and ends with its lease', async () => {
  const mb = 1_048_576;
  const startBytes = process.memoryUsage().heapUsed;
  let isOver = false;
  const cache = createOversizedCache<{ id: number }>({
    fillShare: 0.9,
    heapBytes: startBytes + 60 * mb,
    expired: () => isOver,
    onKeep: () => {},
  });
  assert.equal(cache.get(1), undefined);
  cache.set(1, { id: 1 });
  assert.equal(cache.get(1)?.id, 1);
  const target = (startBytes + 60 * mb) * 0.9;
  assert.ok(await eventually(() => process.memoryUsage().heapUsed >= target, 20_000));
  assert.ok(cache.size() > 50, `${cache.size()}`);
  isOver = true;
  assert.ok(await eventually(() => cache.size() === 0, 20_000));
});
