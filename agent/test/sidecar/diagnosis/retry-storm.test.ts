import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DependencyWindow } from '../../../src/protocol/dependency.js';
import {
  callsPerRequest,
  detectRetryStorm,
  retryStormRule,
  stormLimit,
} from '../../../src/sidecar/diagnosis/retry-storm.js';
import { aDependencyWindow } from '../../harness/make.js';

const none = { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 0, other: 0 };

/** One window: calls that were begun, requests received, and how many of ten answers were errors of the server. */
const window = (begun: number, inbound: number | null, failedOfTen = 5): DependencyWindow =>
  aDependencyWindow([1], Array(10).fill(0.005), {
    begun,
    inbound,
    errors: { ...none, '5xx': failedOfTen },
  });
const repeat = (count: number, ...parameters: Parameters<typeof window>) =>
  Array.from({ length: count }, () => window(...parameters));
const judge = (
  windows: readonly DependencyWindow[],
  usual: number | null = 1,
  failedLimit: number | null = 0.1,
) => detectRetryStorm('prices:80', windows, usual, failedLimit, retryStormRule);

const rows: readonly [
  string,
  'fires' | 'quiet' | 'unknown',
  readonly DependencyWindow[],
  (number | null)?,
  (number | null)?,
][] = [
  ['four calls for each request, usually one', 'fires', repeat(3, 40, 10)],
  ['just beyond three times', 'fires', repeat(3, 31, 10)],
  ['two calls for each request, usually one of three', 'fires', repeat(3, 20, 10), 0.33],
  ['few requests, looked at for longer', 'fires', repeat(10, 4, 1)],
  ['three times the usual, the boundary', 'quiet', repeat(3, 30, 10)],
  ['as often as usual while it fails', 'quiet', repeat(3, 10, 10)],
  ['a cache that no longer fills: twice as often', 'quiet', repeat(3, 20, 10)],
  ['more visitors, each asking as usual', 'quiet', repeat(3, 100, 100)],
  ['ten times as often, and all is well', 'quiet', repeat(3, 100, 10, 0)],
  ['ten times as often, and a tenth fails, the boundary', 'quiet', repeat(3, 100, 10, 1)],
  ['one second with a batch', 'quiet', [...repeat(2, 10, 10), window(300, 10)]],
  ['too few calls', 'unknown', repeat(10, 1, 1), 0.1],
  ['nobody is served', 'unknown', repeat(10, 40, 0)],
  ['four requests, the boundary', 'unknown', [...repeat(4, 40, 1), ...repeat(6, 40, 0)]],
  ['nobody counts requests', 'unknown', repeat(10, 40, null)],
  ['nothing usual is known', 'unknown', repeat(3, 40, 10), null],
  ['usually not asked at all', 'unknown', repeat(3, 40, 10), 0],
  ['nobody knows how often it fails', 'unknown', repeat(3, 40, 10), 1, null],
  ['two windows only', 'unknown', repeat(2, 40, 10)],
];

for (const [name, expected, windows, usual, failedLimit] of rows) {
  test(`${name}: ${expected}`, () => {
    const result = judge(windows, usual, failedLimit);
    assert.equal(typeof result === 'string' ? result : 'fires', expected);
  });
}

test('the verdict names the target, the ratio, what is usual, and the multiple', () => {
  const finding = judge(repeat(3, 40, 10), 0.8);
  assert.ok(typeof finding !== 'string');
  assert.deepEqual([finding.target, finding.cause, finding.severity], ['prices:80', 'retries', 'warning']);
  assert.equal(finding.title, 'prices:80 is asked 5.0 times as often as usual while 50 % of its calls fail');
  assert.deepEqual(finding.measurements, {
    calls: 120,
    requests: 30,
    callsPerRequest: 4,
    usualCallsPerRequest: 0.8,
    multiple: 5,
    failedRatio: 0.5,
  });
});

test('calls for each request are not known without one', () => {
  assert.deepEqual(callsPerRequest(repeat(2, 5, 0)), { calls: 10, requests: 0, ratio: null });
  assert.deepEqual(callsPerRequest(repeat(2, 5, 10)), { calls: 10, requests: 20, ratio: 0.5 });
});

test('what is usually not asked has no limit', () => {
  assert.equal(stormLimit(0, retryStormRule), null);
  assert.equal(stormLimit(null, retryStormRule), null);
  assert.equal(stormLimit(0.5, retryStormRule), 1.5);
});
