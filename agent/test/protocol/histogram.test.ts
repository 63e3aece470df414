import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistogram } from '../../src/protocol/histogram.js';

test('starts with nothing in any bucket', () => {
  assert.deepEqual(createHistogram([1, 2]).read(), { counts: [0, 0, 0], sum: 0 });
});

const cases: readonly [string, number, number][] = [
  ['below the first bound', 0.5, 0],
  ['on a bound, as in Prometheus', 1, 0],
  ['just above a bound', 1.000001, 1],
  ['on the last bound', 2, 1],
  ['beyond the last bound', 99, 2],
  ['of zero', 0, 0],
];
for (const [title, value, bucket] of cases) {
  test(`counts a value ${title} in bucket ${bucket}`, () => {
    const histogram = createHistogram([1, 2]);
    histogram.record(value);
    const { counts, sum } = histogram.read();
    assert.deepEqual(
      counts,
      [0, 1, 2].map((index) => (index === bucket ? 1 : 0)),
    );
    assert.equal(sum, value);
  });
}

test('adds up, and what was read earlier stays as it was', () => {
  const histogram = createHistogram([1]);
  histogram.record(1);
  const earlier = histogram.read();
  histogram.record(3);
  histogram.record(4);
  assert.deepEqual(histogram.read(), { counts: [1, 2], sum: 8 });
  assert.deepEqual(earlier, { counts: [1, 0], sum: 1 });
});
