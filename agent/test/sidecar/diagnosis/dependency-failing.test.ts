import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DependencyError, type DependencyWindow, idleBounds } from '../../../src/protocol/dependency.js';
import type { Finding } from '../../../src/protocol/finding.js';
import { createHistogram } from '../../../src/protocol/histogram.js';
import {
  dependencyFailingRule,
  detectDependencyFailing,
  failingLimit,
  type UsualOfTarget,
} from '../../../src/sidecar/diagnosis/dependency-failing.js';
import { aDependencyWindow } from '../../harness/make.js';

const bounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1];
const none = { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 0, other: 0 };
type Errors = Partial<Record<DependencyError, number>>;

/** One window: calls that were answered, errors of the server included, and what failed. */
const window = (answered: number, errors: Errors, rest: Partial<DependencyWindow> = {}): DependencyWindow =>
  aDependencyWindow(
    bounds,
    Array.from({ length: answered }, () => 0.005),
    { errors: { ...none, ...errors }, ...rest },
  );
const repeat = (count: number, ...parameters: Parameters<typeof window>) =>
  Array.from({ length: count }, () => window(...parameters));
const judge = (windows: readonly DependencyWindow[], failedShare: number | null = 0) => {
  const usual: UsualOfTarget = { failedShare, seconds: 0.008 };
  return detectDependencyFailing('prices:80', windows, usual, bounds, dependencyFailingRule);
};
const disturbed = { isDisturbed: true };
const aftermath = { isAftermath: true };

const rows: readonly [
  string,
  'fires' | 'quiet' | 'unknown',
  readonly DependencyWindow[],
  (number | null)?,
][] = [
  ['every call times out for three windows', 'fires', repeat(3, 0, { timeout: 10 })],
  ['three of ten answers are errors of the server', 'fires', repeat(3, 10, { '5xx': 3 })],
  ['just beyond a tenth', 'fires', [...repeat(2, 8, { refused: 1 }), window(8, { refused: 1 })]],
  [
    'one call every third second, all refused',
    'fires',
    [...Array(10)].flatMap(() => [window(0, {}), window(0, {}), window(0, { refused: 1 })]),
  ],
  ['beyond three times a usual share above the floor', 'fires', repeat(3, 6, { reset: 4 }), 0.1],
  ['errors of the server while the own loop was blocked', 'fires', repeat(3, 10, { '5xx': 5 }, disturbed)],
  ['refused connections just after a block', 'fires', repeat(3, 5, { refused: 5 }, aftermath)],
  ['unknown names while the own loop was blocked', 'fires', repeat(3, 5, { dns: 5 }, disturbed)],
  ['no failed call', 'quiet', repeat(5, 10, {})],
  ['a tenth, the boundary', 'quiet', repeat(3, 9, { refused: 1 })],
  ['three times the usual share, the boundary', 'quiet', repeat(3, 7, { reset: 3 }), 0.1],
  ['two bad seconds', 'quiet', [...repeat(5, 10, {}), ...repeat(2, 0, { timeout: 10 })]],
  ['fails as usual', 'quiet', repeat(3, 5, { '5xx': 0, timeout: 5 }), 0.5],
  ['always fails', 'quiet', repeat(3, 0, { refused: 10 }), 1],
  ['time-outs while the own loop was blocked', 'quiet', repeat(3, 10, { timeout: 10 }, disturbed)],
  ['broken connections just after a block', 'quiet', repeat(3, 10, { reset: 10 }, aftermath)],
  ['no window at all', 'unknown', []],
  ['nothing asked', 'unknown', repeat(30, 0, {})],
  ['two failed calls of three', 'unknown', repeat(3, 0, { timeout: 1 })],
  ['nine calls, the boundary', 'unknown', repeat(9, 0, { timeout: 1 })],
  ['nothing usual is known', 'unknown', repeat(5, 0, { timeout: 10 }), null],
  ['nothing but time-outs of the own making', 'unknown', repeat(30, 0, { timeout: 10 }, disturbed)],
];

for (const [name, expected, windows, usual] of rows) {
  test(`${name}: ${expected}`, () => {
    const result = judge(windows, usual);
    assert.equal(typeof result === 'string' ? result : 'fires', expected);
  });
}

describe('the verdict', () => {
  const found = (windows: readonly DependencyWindow[], usual?: number): Finding => {
    const result = judge(windows, usual);
    assert.ok(typeof result !== 'string', String(result));
    return result;
  };

  const causes: readonly [DependencyError, string][] = [
    ['5xx', 'errors'],
    ['other', 'errors'],
    ['timeout', 'timeouts'],
    ['refused', 'refused'],
    ['dns', 'refused'],
    ['reset', 'reset'],
  ];
  for (const [error, cause] of causes) {
    test(`is caused by ${cause} when most calls end in ${error}`, () => {
      assert.equal(found(repeat(3, 8, { [error]: 8, timeout: error === 'timeout' ? 8 : 1 })).cause, cause);
    });
  }

  for (const [title, cause, windows] of [
    [
      'few refused connections, where nothing is answered',
      'refused',
      repeat(3, 0, { timeout: 20, refused: 1 }),
    ],
    [
      'time-outs, where others are answered beside a refused one',
      'timeouts',
      repeat(3, 9, { timeout: 20, refused: 1 }),
    ],
    [
      'time-outs, where the server answers with errors',
      'timeouts',
      repeat(3, 0, { timeout: 20, refused: 1, '5xx': 2 }),
    ],
    ['time-outs, where nothing is refused', 'timeouts', repeat(3, 0, { timeout: 20 })],
  ] as const) {
    test(`is caused by ${title}`, () => assert.equal(found(windows).cause, cause));
  }

  /** Six answered and four reset calls on kept sockets, which were idle for so long, in ms. */
  const kept = (answeredMs: number, resetMs: number, rest: Partial<DependencyWindow> = {}) => {
    const [reusedAnswered, reusedReset] = [createHistogram(idleBounds), createHistogram(idleBounds)];
    for (let call = 0; call < 6; call += 1) reusedAnswered.record(answeredMs / 1_000);
    for (let call = 0; call < 4; call += 1) reusedReset.record(resetMs / 1_000);
    const sockets = {
      freshAnswered: 0,
      freshReset: 0,
      reusedAnswered: reusedAnswered.read(),
      reusedReset: reusedReset.read(),
    };
    return window(6, { reset: 4 }, { sockets, ...rest });
  };
  const times = (count: number, one: DependencyWindow) => Array<DependencyWindow>(count).fill(one);

  test('is caused by a keep-alive race when the sockets that were idle for long are reset', () => {
    const finding = found(times(3, kept(40, 300)));
    assert.equal(finding.cause, 'keep-alive-race');
    assert.match(
      finding.title,
      /^prices:80 is failing: 40 % of its calls, mostly broken connections that were kept and had been idle for \d+(\.\d)? ms or longer \(keep-alive race\), usually 0 %$/,
    );
    const { reusedResetCalls, freshResetCalls, resetIdleLongerRatio, resetIdleP10Ms } = finding.measurements;
    assert.deepEqual([reusedResetCalls, freshResetCalls, resetIdleLongerRatio], [12, 0, 1]);
    assert.ok(resetIdleP10Ms! > 200 && resetIdleP10Ms! < 400, `${resetIdleP10Ms}`);
    assert.ok(finding.ruledOut.every(({ kind }) => kind !== 'keep-alive-race'));
  });

  test('looks back for enough resets, and no further: before, longer pauses did no harm', () => {
    const before = times(20, window(10, {}, { sockets: kept(5_000, 1).sockets! }));
    assert.equal(found([...before, ...times(3, kept(40, 300))]).cause, 'keep-alive-race');
  });

  test('rules the race out with numbers when it is something else that resets', () => {
    const finding = found(times(3, kept(300, 300)));
    assert.equal(finding.cause, 'reset');
    assert.deepEqual(finding.ruledOut.at(-1), {
      kind: 'keep-alive-race',
      because:
        '0 of 12 resets hit new connections, and a reset one had been idle for longer than an answered one in 50 % of the cases',
    });
  });

  test('is no race when most calls fail otherwise, nor without resets', () => {
    const mostlyErrors = kept(40, 300, { errors: { ...none, reset: 4, '5xx': 5 } });
    assert.equal(found(times(3, mostlyErrors)).cause, 'errors');
    const { measurements, ruledOut } = found(repeat(3, 10, { '5xx': 5 }));
    assert.ok(!('reusedResetCalls' in measurements));
    assert.ok(ruledOut.every(({ kind }) => kind !== 'keep-alive-race'));
  });

  test('names the target, what is usual and what is now, by class', () => {
    const finding = found(repeat(3, 7, { timeout: 2, '5xx': 1 }), 0.01);
    assert.deepEqual([finding.target, finding.severity], ['prices:80', 'critical']);
    assert.equal(
      finding.title,
      'prices:80 is failing: 33 % of its calls, mostly no answer in time, usually 1 %',
    );
    const { calls, failedRatio, usualFailedRatio, timeoutCalls, serverErrorCalls } = finding.measurements;
    assert.deepEqual(
      [calls, failedRatio, usualFailedRatio, timeoutCalls, serverErrorCalls],
      [27, 0.333, 0.01, 6, 3],
    );
  });

  test('rules out what looks alike, with numbers', () => {
    const windows = [window(10, { '5xx': 5, timeout: 4 }, disturbed), ...repeat(2, 10, { '5xx': 5 })];
    assert.deepEqual(found(windows).ruledOut, [
      {
        kind: 'dependency-slow',
        because: 'what was answered took 9.5 ms (p95 of 30 calls), usually 8 ms',
      },
      {
        kind: 'event-loop-stall',
        because:
          'the own loop was disturbed in 1 of 3 s, and 4 calls that may have failed by that are left out',
      },
    ]);
    const [slow] = found(repeat(3, 0, { timeout: 10 })).ruledOut;
    assert.equal(slow?.because, 'no call was answered at all, late or not');
  });

  test('does not call a target fast that answers late as well', () => {
    const late = aDependencyWindow(bounds, [0.9, 0.9, 0.9, 0.9], { errors: { ...none, timeout: 4 } });
    assert.deepEqual(
      found([late, late, late]).ruledOut.map(({ kind }) => kind),
      ['event-loop-stall'],
    );
  });
});

test('the limit follows what is usual, between a tenth and half way to all calls', () => {
  const cases: readonly [number | null, number | null][] = [
    [null, null],
    [0, 0.1],
    [0.03, 0.1],
    [0.125, 0.375],
    [0.5, 0.75],
    [1, 1],
  ];
  for (const [usual, limit] of cases) assert.equal(failingLimit(usual, dependencyFailingRule), limit);
});
