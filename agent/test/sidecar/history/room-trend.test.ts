import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRoomTrend } from '../../../src/sidecar/history/room-trend.js';

/** Reads a room at moments that the test says. */
function open() {
  const state = { now: 0, where: 'the container', freeBytes: 0 };
  const read = createRoomTrend(
    () => ({ where: state.where, freeBytes: state.freeBytes }),
    () => state.now,
  );
  return (now: number, freeBytes: number, where = 'the container'): number => {
    Object.assign(state, { now, freeBytes, where });
    return read().fillBytesPerSecond;
  };
}

test('a room that fills does so by the bytes between two readings', () => {
  const at = open();
  assert.deepEqual([at(0, 100), at(2_000, 60), at(3_000, 50)], [0, 20, 10]);
});

test('a room that empties does not fill', () => {
  const at = open();
  assert.deepEqual([at(0, 100), at(1_000, 150)], [0, 0]);
});

test('readings close together change nothing', () => {
  const at = open();
  assert.deepEqual([at(0, 100), at(1_000, 90), at(1_100, 10), at(2_000, 85)], [0, 10, 10, 5]);
});

test('another room is not compared', () => {
  const at = open();
  assert.deepEqual([at(0, 100), at(1_000, 10, 'the machine'), at(2_000, 5, 'the machine')], [0, 0, 5]);
});
