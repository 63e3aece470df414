import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HandleCause } from '../../../src/protocol/handle-cause.js';
import { findHandleGrowth, handleRule } from '../../../src/sidecar/diagnosis/handle-growth.js';
import { createLows } from '../../../src/sidecar/history/lows.js';

/** What is found of a number that is read once a second. */
function judge(
  cause: HandleCause,
  seconds: number,
  countAt: (second: number) => number,
  highWater = 0,
): string {
  const lows = createLows();
  for (let second = 0; second <= seconds; second += 1) {
    lows.add({ atMs: 1_000_000 + second * 1_000, value: countAt(second) });
  }
  const found = findHandleGrowth({ cause, levels: lows.levels(), highWater }, handleRule);
  return typeof found === 'string' ? found : 'growth';
}
/** The same numbers in each run, -1..1. */
const noise = (second: number): number => Math.sin(second * 12.9898) * Math.cos(second * 78.233);

const rows: readonly [string, HandleCause, number, (second: number) => number, string][] = [
  ['timers of each request', 'timers', 120, (s) => 30 + 18 * s, 'growth'],
  ['timers with requests that come in fits', 'timers', 120, (s) => 30 + 18 * s + 40 * noise(s), 'growth'],
  ['timers under bursts that end', 'timers', 120, (s) => 30 + 5 * s + (s % 10 < 4 ? 500 : 0), 'growth'],
  ['sockets that are never closed', 'sockets', 150, (s) => 20 + 2 * s, 'growth'],
  ['listeners that are never removed', 'listeners', 120, (s) => 11 + 3 * s, 'growth'],
  ['descriptors, one every two seconds, for long', 'descriptors', 900, (s) => 40 + s / 2, 'growth'],
  ['timers, one every ten seconds, for hours', 'timers', 4 * 3_600, (s) => 30 + s / 10, 'growth'],
  ['growth after a level', 'timers', 240, (s) => 30 + 15 * Math.max(0, s - 100), 'growth'],

  ['a level', 'timers', 240, () => 500, 'quiet'],
  ['a level with noise', 'sockets', 240, (s) => 500 + 200 * noise(s), 'quiet'],
  ['a warm-up that is over', 'descriptors', 240, (s) => 20 + Math.min(200, 10 * s), 'quiet'],
  [
    'connections that follow a load and level off',
    'sockets',
    240,
    (s) => 20 + 500 * (1 - Math.exp(-s / 40)),
    'quiet',
  ],
  ['connections while they level off', 'sockets', 110, (s) => 20 + 500 * (1 - Math.exp(-s / 40)), 'quiet'],
  ['a sawtooth', 'timers', 240, (s) => 30 + 20 * (s % 20), 'quiet'],
  ['a slow sawtooth', 'timers', 235, (s) => 30 + 10 * (s % 60), 'quiet'],
  ['a burst', 'sockets', 240, (s) => (s > 100 && s < 130 ? 900 : 20), 'quiet'],
  ['a burst that has just begun', 'sockets', 240, (s) => (s > 235 ? 900 : 20), 'quiet'],
  ['growth that has stopped', 'timers', 240, (s) => 30 + 18 * Math.min(s, 200), 'quiet'],
  ['growth of less than a load may bring', 'timers', 200, (s) => 30 + 0.9 * s, 'quiet'],
  ['growth by less than there was', 'sockets', 120, (s) => 5_000 + 20 * s, 'quiet'],
  ['what becomes less', 'timers', 200, (s) => 5_000 - 20 * s, 'quiet'],

  ['growth that is too young', 'timers', 80, (s) => 30 + 18 * s, 'unknown'],
  ['nothing', 'timers', -1, () => 0, 'unknown'],
];
for (const [title, cause, seconds, countAt, expected] of rows) {
  test(`${title}: ${expected}`, () => assert.equal(judge(cause, seconds, countAt), expected));
}

describe('the boundary', () => {
  // 100 s make 21 lows, the first at 0 and the last at 100 s.
  const climbing = (climb: number) => (s: number) => 10 + (climb * s) / 100;
  for (const cause of ['timers', 'sockets', 'listeners', 'descriptors'] as const) {
    const climb = handleRule.climb[cause];
    test(`${climb} ${cause} more are growth, ${climb - 1} are not`, () => {
      assert.equal(judge(cause, 100, climbing(climb)), 'growth');
      assert.equal(judge(cause, 100, climbing(climb - 1)), 'quiet');
    });
  }

  test('twice as many as there were are growth, one less is not', () => {
    const doubling = (less: number) => (s: number) => 950 + (10 - less / 95) * s;
    assert.equal(judge('timers', 95, doubling(0)), 'growth');
    assert.equal(judge('timers', 95, doubling(1)), 'quiet');
  });

  test('a level that was come back from must be left a tenth behind', () => {
    const upTo = (last: number) => (s: number) => 10 + ((last - 10) * s) / 95;
    assert.equal(judge('timers', 95, upTo(1_101), 1_000), 'growth');
    assert.equal(judge('timers', 95, upTo(1_100), 1_000), 'quiet');
  });
});
