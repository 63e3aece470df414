import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { askForCollection } from '../../src/sensors/gentle-collection.js';
import { readMarked } from '../../src/sensors/marked-reading.js';

/** A heap that V8 takes some time to mark. */
const kept = Array.from({ length: 600 }, () =>
  Array.from({ length: 1_000 }, (_, id) => ({ id, of: { id } })),
);
/** A service at work: V8 ends its collections while it allocates, and a reading keeps no process alive. */
let dropped: object[] = [];
const work = setInterval(() => {
  dropped = Array.from({ length: 200 }, (_, id) => ({ id, text: `dropped ${id}` }));
}, 1);
after(() => clearInterval(work));

/** V8 marks this heap in a fraction of that. */
const longMs = 3_000;

test('what is read while V8 marks is the answer', async () => {
  await delay(longMs);
  assert.equal(await readMarked(5, () => kept.length), 600);
});

test('nothing is read once V8 has collected: that would be paid with another collection', async () => {
  let readings = 0;
  await delay(longMs);
  const answer = await readMarked(longMs, () => {
    readings += 1;
    return kept.length + dropped.length;
  });
  assert.deepEqual([answer, readings], [null, 0]);
});

test('nothing is read where V8 was at another collection already: nobody knows when that ends', async () => {
  await delay(longMs);
  askForCollection();
  assert.equal(await readMarked(5, () => kept.length), null);
});
