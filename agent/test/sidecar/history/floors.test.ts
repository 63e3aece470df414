import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFloors, heapFloorSize } from '../../../src/sidecar/history/floors.js';

const floor = (atS: number, bytes: number) => ({ atMs: atS * 1_000, bytes, externalBytes: 0 });

test('keeps the lowest floor of each span of time', () => {
  const floors = createFloors(heapFloorSize);
  for (const [atS, bytes] of [
    [1, 50],
    [1.5, 40],
    [1.9, 60],
    [2, 70],
    [16, 80],
  ] as const)
    floors.add(floor(atS, bytes));
  const bytes = floors.levels().map((level) => level.map((each) => each.bytes));
  assert.deepEqual(bytes, [[40, 70, 80], [40, 80], [40], [40]]);
});

test('holds no more than its bound, however long it runs', () => {
  const floors = createFloors(heapFloorSize);
  for (let atS = 0; atS < 50_000; atS += 1) floors.add(floor(atS, atS));
  const [fine, coarser, coarse, coarsest] = floors.levels();
  assert.deepEqual([fine?.length, coarser?.length, coarse?.length], [48, 48, 48]);
  assert.equal(coarsest?.length, 14);
  assert.equal(coarsest?.[0]?.bytes, 0);
});

test('forgets how it came here', () => {
  const floors = createFloors(heapFloorSize);
  floors.add(floor(1, 50));
  floors.clear();
  assert.deepEqual(floors.levels(), [[], [], [], []]);
});
