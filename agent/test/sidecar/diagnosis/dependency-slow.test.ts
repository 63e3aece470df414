import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DependencyWindow } from '../../../src/protocol/dependency.js';
import type { Finding } from '../../../src/protocol/finding.js';
import {
  type DependencySlowRule,
  dependencySlowRule,
  detectDependencySlow,
  slowLimit,
} from '../../../src/sidecar/diagnosis/dependency-slow.js';
import { aDependencyWindow } from '../../harness/make.js';

const bounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1];
const rule: DependencySlowRule = dependencySlowRule;
const target = 'prices:80';

/** One window: calls of each time, in s. */
const window = (times: readonly number[], rest: Partial<DependencyWindow> = {}): DependencyWindow =>
  aDependencyWindow(bounds, times, rest);
const repeat = (count: number, times: readonly number[], rest: Partial<DependencyWindow> = {}) =>
  Array.from({ length: count }, () => window(times, rest));
const judge = (windows: readonly DependencyWindow[], usual: number | null = 0.008) =>
  detectDependencySlow(target, windows, usual, bounds, rule);

const slow = [0.3, 0.3, 0.3];
const fast = [0.005, 0.005, 0.005];

const rows: readonly [
  string,
  'fires' | 'quiet' | 'unknown',
  readonly DependencyWindow[],
  (number | null)?,
][] = [
  ['every answer late for three windows', 'fires', repeat(3, slow)],
  ['a quarter of the answers late, the boundary', 'fires', repeat(3, [0.3, 0.005, 0.005, 0.005])],
  ['few calls, but late over a longer time', 'fires', repeat(10, [0.3])],
  [
    'late before and after a disturbed second',
    'fires',
    [...repeat(2, slow), window(slow, { isDisturbed: true }), window(slow)],
  ],
  ['beyond three times a usual time above the floor', 'fires', repeat(3, [0.9, 0.9]), 0.1],
  ['every answer fast', 'quiet', repeat(5, fast)],
  ['just under a quarter late', 'quiet', repeat(5, [0.3, 0.005, 0.005, 0.005, 0.005])],
  ['late once, and fast again', 'quiet', [...repeat(2, slow), ...repeat(3, [...fast, ...fast, ...fast])]],
  ['two bad seconds after a good one', 'quiet', [...repeat(5, fast), ...repeat(2, slow)]],
  ['on the limit itself', 'quiet', repeat(3, [0.1, 0.1, 0.1])],
  ['ten times the usual, but below what anybody notices', 'quiet', repeat(3, [0.09, 0.09]), 0.002],
  ['late, as usual', 'quiet', repeat(3, slow), 0.3],
  ['no window at all', 'unknown', []],
  ['nothing asked', 'unknown', repeat(30, [])],
  ['too few calls', 'unknown', repeat(4, [0.3])],
  ['late calls in two windows only', 'unknown', repeat(2, slow)],
  ['nothing usual is known', 'unknown', repeat(5, slow), null],
  ['usually slower than the histogram reaches', 'unknown', repeat(5, slow), 0.9],
  ['late while the own process was disturbed', 'unknown', repeat(10, slow, { isDisturbed: true })],
];

for (const [name, expected, windows, usual] of rows) {
  test(`${name}: ${expected}`, () => {
    const result = judge(windows, usual);
    assert.equal(typeof result === 'string' ? result : 'fires', expected);
  });
}

describe('the verdict', () => {
  const found = (windows: readonly DependencyWindow[]): Finding => {
    const result = judge(windows);
    assert.ok(typeof result !== 'string', String(result));
    return result;
  };

  test('names the target, what is usual and what is now', () => {
    const finding = found(repeat(3, slow));
    assert.equal(finding.target, target);
    assert.equal(finding.cause, 'latency');
    assert.equal(
      finding.title,
      'prices:80 is slow: half of its answers took over 375 ms, usually 8 ms or less',
    );
    assert.equal(finding.measurements.slowRatio, 1);
    assert.equal(finding.measurements.limitMs, 100);
    assert.deepEqual(
      finding.ruledOut.map(({ kind }) => kind),
      ['event-loop-stall', 'saturation-of-agent-sockets'],
    );
  });

  test('blames the sockets when requests wait for one and the target is as fast as ever', () => {
    const finding = found(repeat(3, slow, { waitedSeconds: 0.88 }));
    assert.equal(finding.cause, 'saturation-of-agent-sockets');
    assert.match(finding.title, /requests waited 293\.3 ms for a free socket/);
  });

  for (const [title, windows, cause] of [
    ['blames the look-up when it is most of the time', repeat(3, slow, { lookupSeconds: 0.88 }), 'dns'],
    [
      'blames the target when the look-up is half of the time',
      repeat(3, slow, { lookupSeconds: 0.45 }),
      'latency',
    ],
    [
      'blames the target when it is slow beside the look-up',
      repeat(3, [1.2, 1.2, 1.2], { lookupSeconds: 2 }),
      'latency',
    ],
    [
      'blames the sockets when requests wait for one longer than for the name',
      repeat(3, slow, { waitedSeconds: 0.6, lookupSeconds: 0.28 }),
      'saturation-of-agent-sockets',
    ],
  ] as const) {
    test(title, () => assert.equal(found(windows).cause, cause));
  }

  test('says how long the look-up took, and how little the rest', () => {
    const { title, ruledOut, measurements } = found(repeat(3, slow, { lookupSeconds: 0.81 }));
    assert.match(title, /looking up its name took 270 of 300 ms/);
    assert.equal(measurements.lookupMs, 270);
    assert.ok(ruledOut.some(({ kind, because }) => kind === 'latency' && because.includes(' 30 ms')));
  });

  test('blames the target when it is slow beside the wait: a slow target fills the sockets too', () => {
    const finding = found(repeat(3, [1.2, 1.2, 1.2], { waitedSeconds: 2 }));
    assert.equal(finding.cause, 'latency');
  });
});

test('the limit is a bound of the histogram, at or above what is wanted', () => {
  const cases: readonly [number | null, number | null][] = [
    [0.001, 0.1],
    [0.033, 0.1],
    [0.034, 0.25],
    [0.3, 1],
    [0.4, null],
    [null, null],
  ];
  for (const [usual, limit] of cases) assert.equal(slowLimit(usual, bounds, rule), limit, `${usual}`);
});
