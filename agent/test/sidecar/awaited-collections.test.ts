import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAwaitedCollections } from '../../src/sidecar/awaited-collections.js';
import { aStall } from '../harness/make.js';

const stallOf = (id: number, blockedMs = 100) =>
  aStall({ id, startedMs: id * 1_000, blockedMs, ended: true });

test('a stall is told once, with the share of its own time, as soon as that is known', () => {
  let known = false;
  const collections = createAwaitedCollections((fromMs, toMs) => (known ? (toMs - fromMs) / 1_000 : null));
  collections.await(stallOf(1));
  assert.deepEqual(collections.known(), []);
  known = true;
  assert.deepEqual(
    collections.known().map(({ id, gcRatio }) => [id, gcRatio]),
    [[1, 0.1]],
  );
  assert.deepEqual(collections.known(), []);
});

test('stalls wait for each other as little as collections do', () => {
  const collections = createAwaitedCollections((fromMs) => (fromMs < 2_000 ? 0.5 : null));
  collections.await(stallOf(1));
  collections.await(stallOf(2));
  assert.deepEqual(
    collections.known().map(({ id }) => id),
    [1],
  );
});

test('the newest form of a stall is the one that counts', () => {
  const collections = createAwaitedCollections(() => 0.2);
  collections.await(stallOf(1, 100));
  collections.await(stallOf(1, 300));
  assert.deepEqual(
    collections.known().map(({ blockedMs }) => blockedMs),
    [300],
  );
});

test('when nothing ever tells of collections, the newest 32 stalls are kept', () => {
  let known = false;
  const collections = createAwaitedCollections(() => (known ? 0 : null));
  for (let id = 1; id <= 10_000; id += 1) collections.await(stallOf(id));
  known = true;
  const kept = collections.known();
  assert.deepEqual([kept.length, kept[0]?.id, kept.at(-1)?.id], [32, 9_969, 10_000]);
});
