import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeldConnection } from '../../../src/protocol/pool.js';
import { createHolderRooms, wholeRoom } from '../../../src/sensors/pools/holder-room.js';

const silent: HeldConnection = { ageMs: 1, querying: null, request: null, frames: [] };
const told: HeldConnection = { ...silent, frames: [['hold', 'file.js', 1, 1, false]] };

describe('one pool', () => {
  const rows: readonly [string, number, { listed: number; told: number }][] = [
    ['has all that it may take alone', 1, wholeRoom],
    ['has all that it may take among two', 2, wholeRoom],
    ['has fewer among five', 5, { listed: 60, told: 4 }],
    ['has its share among many', 30, { listed: 10, told: 1 }],
    ['has something among as many as are looked at', 50, { listed: 6, told: 1 }],
  ];
  for (const [title, sharers, room] of rows) {
    test(title, () => assert.deepEqual(createHolderRooms().next(sharers), room));
  }
});

test('what one leaves, those after it get', () => {
  const rooms = createHolderRooms();
  assert.deepEqual(rooms.next(10), { listed: 30, told: 2 });
  rooms.take([]);
  assert.deepEqual(rooms.next(9), { listed: 34, told: 3 });
});

test('what is taken is gone', () => {
  const rooms = createHolderRooms();
  rooms.take(Array.from({ length: 290 }, () => silent));
  assert.deepEqual(rooms.next(1), { listed: 10, told: 10 });
  rooms.take(Array.from({ length: 10 }, () => told));
  assert.deepEqual(rooms.next(1), { listed: 0, told: 10 });
  rooms.take(Array.from({ length: 10 }, () => told));
  assert.equal(rooms.next(1).told, 0);
});
