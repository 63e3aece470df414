import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkRoomToCount, checkRoomToWrite, type Room } from '../../../src/sidecar/snapshots/room.js';

const megabyte = 1_048_576;
const plenty: Room = {
  heapLimitBytes: 4_096 * megabyte,
  where: 'the machine',
  memoryBytes: 65_536 * megabyte,
  diskBytes: 65_536 * megabyte,
};
/** MB of heap and its objects, and what V8 took for a snapshot: MB of memory and of file. Node 20 where nothing else
 *  is said (docs/adr/0016). */
const measured = [
  ['small objects', 50, 1_227_281, 989, 99],
  ['map of objects', 54, 1_185_785, 694, 74],
  ['short texts', 38, 255_227, 356, 52],
  ['texts of 900 bytes', 57, 106_944, 129, 62],
  ['closures', 57, 1_128_601, 1_001, 130],
  ['arrays of numbers', 47, 815_630, 598, 60],
  ['wide objects', 53, 167_058, 209, 68],
  ['arrays of references', 59, 116_058, 504, 207],
  ['promises', 41, 726_711, 916, 68],
  ['a dictionary', 42, 744_650, 1_303, 67],
  ['a dictionary on Node 22', 28, 614_370, 1_038, 55],
  ['a dictionary on Node 26', 30, 683_099, 1_097, 55],
] as const;

const heapOf = (usedMb: number, objects: number | null) => ({ usedBytes: usedMb * megabyte, objects });
const problem = (problem: string, message: RegExp) => ({
  code: `ERR_FAULTLINE_SNAPSHOT_${problem}`,
  message,
});

describe('a snapshot is refused with less memory or disk than was measured for', () => {
  for (const [what, usedMb, objects, memoryMb, diskMb] of measured) {
    test(what, () => {
      const heap = heapOf(usedMb, objects);
      checkRoomToWrite(heap, plenty);
      const memory = { ...plenty, where: 'the container', memoryBytes: (memoryMb - 1) * megabyte };
      assert.throws(
        () => checkRoomToWrite(heap, memory),
        problem('MEMORY', /the container has [\d,]+ MB left/),
      );
      const disk = { ...plenty, diskBytes: (diskMb - 1) * megabyte };
      assert.throws(() => checkRoomToWrite(heap, disk), problem('DISK', /disk has [\d,]+ MB left/));
    });
  }
});

test('a heap of few large objects needs less than one of many small ones', () => {
  const room = { ...plenty, memoryBytes: 1_200 * megabyte };
  checkRoomToWrite(heapOf(60, 50_000), room);
  assert.throws(() => checkRoomToWrite(heapOf(60, 1_200_000), room), problem('MEMORY', /1,200,000 objects/));
});

test('the worst is assumed of a heap that nobody could count', () => {
  const room = { ...plenty, memoryBytes: 39 * 60 * megabyte };
  assert.throws(() => checkRoomToWrite(heapOf(60, null), room), problem('MEMORY', /2,400 MB/));
});

test('a heap may use two thirds of what V8 allows, and no more', () => {
  const room = { ...plenty, heapLimitBytes: 450 * megabyte };
  for (const check of [checkRoomToCount, checkRoomToWrite]) {
    check(heapOf(300, 100), room);
    assert.throws(() => check(heapOf(301, 100), room), problem('MEMORY', /holds 301 MB of the 450 MB/));
  }
});

test('objects are not even counted without three times the heap', () => {
  checkRoomToCount(heapOf(100, null), { ...plenty, memoryBytes: 300 * megabyte });
  const room = { ...plenty, memoryBytes: 299 * megabyte };
  assert.throws(() => checkRoomToCount(heapOf(100, null), room), problem('MEMORY', /Counting .* 300 MB/));
});
