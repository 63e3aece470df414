import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSettlingFloors } from '../../../src/sidecar/history/settling-floors.js';

const floor = (atMs: number, externalBytes: number) => ({ atMs, bytes: 5, externalBytes });

test('a floor is told when the second is over in which the buffers of its garbage are freed', () => {
  const floors = createSettlingFloors();
  assert.deepEqual(floors.settle([floor(900, 70)], 1_000, 70), []);
  assert.deepEqual(floors.settle([], 1_899, 8), []);
  assert.deepEqual(floors.settle([], 2_000, 9), [floor(900, 8)]);
  assert.deepEqual(floors.settle([], 3_000, 1), []);
});

test('what comes together after a collection does not raise its floor', () => {
  const floors = createSettlingFloors();
  floors.settle([floor(990, 20)], 1_000, 21);
  assert.deepEqual(floors.settle([], 2_000, 40), [floor(990, 20)]);
});

test('collections that follow one another settle one after the other', () => {
  const floors = createSettlingFloors();
  assert.deepEqual(floors.settle([floor(500, 30), floor(1_400, 20)], 1_500, 25), [floor(500, 25)]);
  assert.deepEqual(floors.settle([], 2_500, 22), [floor(1_400, 20)]);
});

test('of very many collections within a second the newest are kept', () => {
  const floors = createSettlingFloors();
  const many = Array.from({ length: 100 }, (_, index) => floor(900 + index, 20));
  floors.settle(many, 1_000, 20);
  const settled = floors.settle([], 2_000, 20);
  assert.deepEqual([settled.length, settled.at(-1)?.atMs], [32, 999]);
});
