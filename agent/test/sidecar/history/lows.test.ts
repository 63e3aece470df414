import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLows } from '../../../src/sidecar/history/lows.js';

const valuesOf = (level: readonly { readonly value: number }[] | undefined) =>
  level?.map(({ value }) => value);

test('keeps the lowest value of each span, with its time', () => {
  const lows = createLows();
  for (const [second, value] of [7, 3, 9, 8, 6, 20, 21].entries()) lows.add({ atMs: second * 1_000, value });
  assert.deepEqual(lows.levels()[0], [
    { atMs: 1_000, value: 3 },
    { atMs: 5_000, value: 20 },
  ]);
  assert.deepEqual(valuesOf(lows.levels()[1]), [3]);
});

test('says when a new span begins', () => {
  const lows = createLows();
  const began = [0, 1_000, 4_999, 5_000, 6_000, 12_000].map((atMs) => lows.add({ atMs, value: 1 }));
  assert.deepEqual(began, [true, false, false, true, false, true]);
});

test('forgets the oldest, at each resolution by itself', () => {
  const lows = createLows();
  for (let second = 0; second < 24 * 3_600; second += 5) lows.add({ atMs: second * 1_000, value: second });
  assert.deepEqual(
    lows.levels().map((level) => level.length),
    [48, 48, 48],
  );
  assert.deepEqual(
    lows.levels().map((level) => level.at(-1)!.value),
    [24 * 3_600 - 5, 24 * 3_600 - 60, 24 * 3_600 - 900],
  );
});
