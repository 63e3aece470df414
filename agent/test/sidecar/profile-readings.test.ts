import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProfileReadings } from '../../src/sidecar/profile-readings.js';
import { profileOf } from '../harness/heap-life.js';

for (const [objects, collects, expected] of [
  ['alive', true, ['collect', 'read']],
  ['all', true, ['read']],
  ['alive', false, ['read']],
] as const) {
  const who = collects ? 'a profile that needs no collection' : 'a profile that makes its own collection';
  test(`what is read of ${who}, for ${objects} objects: ${expected.join(', then ')}`, async () => {
    const done: string[] = [];
    const readings = createProfileReadings({
      now: () => done.length,
      collect: collects ? async () => done.push('collect') > 0 : null,
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
