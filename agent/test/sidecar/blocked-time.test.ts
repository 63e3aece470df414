import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBlockedTime } from '../../src/sidecar/blocked-time.js';

const read = (blocked: ReturnType<typeof createBlockedTime>) =>
  blocked.read().map((reading) => [reading.labels[0], 'value' in reading ? reading.value : null]);

test('starts at 0 for every cause, so that the first block is an increase', () => {
  assert.deepEqual(read(createBlockedTime(['javascript', 'gc'])), [
    ['javascript', 0],
    ['gc', 0],
  ]);
});

test('adds up seconds by cause', () => {
  const blocked = createBlockedTime(['javascript', 'gc']);
  blocked.add('javascript', 1_500);
  blocked.add('gc', 250);
  blocked.add('javascript', 500);
  assert.deepEqual(read(blocked), [
    ['javascript', 2],
    ['gc', 0.25],
  ]);
});

test('counts a cause that it was not told of', () => {
  const blocked = createBlockedTime([]);
  blocked.add('unknown', 1_000);
  assert.deepEqual(read(blocked), [['unknown', 1]]);
});
