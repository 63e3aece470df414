import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProfileReadings } from '../../src/sidecar/profile-readings.js';
import { profileOf } from '../harness/heap-life.js';

/** Whoever reads them, where V8 marks for 100 ms and ends before the first `missed` readings. */
function reader(readingCollects: boolean, markingMs: number | null, missed = 0) {
  const done: string[] = [];
  const readings = createProfileReadings({
    now: () => done.length,
    readingCollects,
    collections: {
      collect: async () => done.push('collect') > 0,
      async measureMarking() {
        done.push('measure');
        return markingMs;
      },
    },
    async readMarked(afterMs) {
      done.push(`read after ${Math.round(afterMs)} ms`);
      return done.length / 2 > missed ? profileOf(1_000) : null;
    },
    async read() {
      done.push('read');
      return profileOf(1_000);
    },
    locate: (frame) => ({ ...frame, origin: 'service' }),
  });
  return { readings, done };
}

const sixTries = [92, 86, 80, 74, 68, 60].flatMap((ms) => ['measure', `read after ${ms} ms`]);
for (const [title, objects, world, expected] of [
  [
    'without a collection of its own, what is alive is read after one',
    'alive',
    [false, null],
    ['collect', 'read'],
  ],
  ['without one, what was dropped as well is read at once', 'all', [false, null], ['read']],
  [
    'with one, what is alive is read when most of another is marked',
    'alive',
    [true, 100],
    ['measure', 'read after 92 ms'],
  ],
  ['where V8 was done before, it is read sooner', 'alive', [true, 100, 2], sixTries.slice(0, 6)],
  ['where V8 was always done before, it is read as it is', 'alive', [true, 100, 9], [...sixTries, 'read']],
  [
    'with one, what was dropped as well has one try',
    'all',
    [true, 100, 9],
    ['measure', 'read after 70 ms', 'read'],
  ],
  ['where nobody knows how long V8 marks, it is read as it is', 'alive', [true, null], ['measure', 'read']],
  [
    'where V8 marks for too long, what was dropped is read as it is',
    'all',
    [true, 2_000],
    ['measure', 'read'],
  ],
] as const) {
  test(title, async () => {
    const [readingCollects, markingMs, missed = 0] = world;
    const { readings, done } = reader(readingCollects, markingMs, missed);
    const taking = readings.take(objects);
    assert.deepEqual([readings.isReading(), await readings.take(objects)], [true, null]);
    assert.equal((await taking)?.root.children[0]?.bytes, 1_000);
    assert.deepEqual(done, expected);
    assert.equal(readings.isReading(), false);
  });
}
