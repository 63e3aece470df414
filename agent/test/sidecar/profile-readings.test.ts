import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProfileReadings } from '../../src/sidecar/profile-readings.js';
import { profileOf } from '../harness/heap-life.js';

for (const [objects, readingCollects, expected] of [
  ['alive', false, ['collect', 'read']],
  ['all', false, ['read']],
  ['alive', true, ['almost collect within 10 s', 'read']],
  ['all', true, ['almost collect within 2 s', 'read']],
] as const) {
  const who = readingCollects
    ? 'a profile that makes its own collection'
    : 'a profile that needs no collection';
  test(`what is read of ${who}, for ${objects} objects: ${expected.join(', then ')}`, async () => {
    const done: string[] = [];
    const readings = createProfileReadings({
      now: () => done.length,
      readingCollects,
      collections: {
        collect: async () => done.push('collect') > 0,
        async almostCollect(withinMs) {
          done.push(`almost collect within ${withinMs / 1_000} s`);
        },
      },
      async read() {
        done.push('read');
        return profileOf(1_000);
      },
      locate: (frame) => ({ ...frame, origin: 'service' }),
    });
    const taking = readings.take(objects);
    assert.deepEqual([readings.isReading(), await readings.take(objects)], [true, null]);
    assert.equal((await taking)?.root.children[0]?.bytes, 1_000);
    assert.deepEqual(done, expected);
    assert.equal(readings.isReading(), false);
  });
}
