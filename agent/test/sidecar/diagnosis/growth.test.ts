import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findGrowth, type GrowthRule } from '../../../src/sidecar/diagnosis/growth.js';
import { fitTrend, type Point } from '../../../src/sidecar/diagnosis/theil-sen.js';

const rule: GrowthRule = { points: 5, spanMs: 20_000, risingShare: 0.85, steadiness: 0.5 };
/** One value every five seconds. */
const every5s = (values: readonly number[]): Point[] =>
  values.map((value, index) => ({ atMs: index * 5_000, value }));
const ramp = (count: number) => Array.from({ length: count }, (_, index) => 100 + index * 10);

describe('the line through the points', () => {
  test('has the slope of all of them', () => {
    assert.deepEqual(fitTrend(every5s([100, 110, 120])), { perSecond: 2, risingShare: 1 });
  });
  test('is not bent by an outlier', () => {
    assert.equal(fitTrend(every5s([100, 110, 900, 130, 140, 150]))?.perSecond, 2);
  });
  test('takes the middle of two slopes', () => {
    assert.equal(fitTrend(every5s([0, 10, 10]))?.perSecond, 1);
  });
  test('needs two moments', () => {
    assert.equal(fitTrend([]), null);
    assert.equal(fitTrend([{ atMs: 1, value: 1 }]), null);
    assert.equal(fitTrend([1, 2].map((value) => ({ atMs: 7, value }))), null);
  });
});

const rows: readonly [string, readonly number[], 'growth' | 'quiet' | 'unknown'][] = [
  ['a straight rise', ramp(5), 'growth'],
  ['a rise after a level time', [...new Array(20).fill(100), ...ramp(8)], 'growth'],
  ['a rise with one dip', [100, 110, 120, 90, 140, 150, 160, 170, 180], 'growth'],
  ['one point too few', ramp(4), 'unknown'],
  ['nothing at all', [], 'unknown'],
  ['a level line', new Array(20).fill(100), 'quiet'],
  ['a sawtooth', [100, 150, 100, 150, 100, 150, 100, 150], 'quiet'],
  ['a fall', ramp(10).reverse(), 'quiet'],
  ['a step', [100, 100, 100, 100, 200, 200, 200, 200], 'quiet'],
  ['a rise that has ended', [...ramp(6), ...new Array(12).fill(150)], 'quiet'],
];

for (const [title, values, expected] of rows) {
  test(`${title}: ${expected}`, () => {
    const found = findGrowth(every5s(values), rule);
    assert.equal(found === null ? 'quiet' : found === 'unknown' ? found : 'growth', expected);
  });
}

test('a rise that is too short in time is quiet, at the limit it is a growth', () => {
  const within = (spanMs: number) =>
    ramp(5).map((value, index): Point => ({ atMs: (index * spanMs) / 4, value }));
  assert.equal(findGrowth(within(19_999), rule), null);
  assert.notEqual(findGrowth(within(20_000), rule), null);
});

test('a rise that does not slow down never comes to rest, one that does comes to rest where it bends to', () => {
  const steady = findGrowth(every5s(ramp(9)), rule);
  assert.ok(steady !== null && steady !== 'unknown');
  assert.equal(steady.toCome, Number.POSITIVE_INFINITY);
  assert.deepEqual([steady.climbed, steady.spanMs, steady.points], [80, 40_000, 9]);
  const bending = findGrowth(
    every5s(Array.from({ length: 9 }, (_, index) => 1_000 * (1 - Math.exp(-index / 8)))),
    rule,
  );
  assert.ok(bending !== null && bending !== 'unknown');
  // After 40 s of a time constant of 40 s, 1000 / e = 368 are still to come.
  assert.ok(bending.toCome > 250 && bending.toCome < 500, `${bending.toCome}`);
});

test('tells a growth that was there from the beginning from one that has come at once', () => {
  const began = (values: readonly number[]) => {
    const found = findGrowth(every5s(values), rule);
    assert.ok(found !== null && found !== 'unknown');
    return found.beganShare;
  };
  assert.equal(began(ramp(9)), 1);
  // Three level readings with some noise, a step, and one more.
  const step = began([20, 20.1, 20.2, 500, 500.1]);
  assert.ok(step > 0 && step < 0.01, `${step}`);
});

test('asks for what the caller wants beyond the rule', () => {
  assert.equal(
    findGrowth(every5s(ramp(9)), rule, () => false),
    null,
  );
  const wide = findGrowth(every5s(ramp(40)), rule, ({ climbed }) => climbed > 300);
  assert.ok(wide !== null && wide !== 'unknown' && wide.climbed > 300);
});
