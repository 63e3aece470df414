import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/protocol/finding.js';
import type { PoolWindow } from '../../../src/protocol/pool.js';
import {
  detectPoolExhausted,
  longSeconds,
  type PoolFacts,
  poolExhaustedRule,
} from '../../../src/sidecar/diagnosis/pool-exhausted.js';
import { aPoolWindow } from '../../harness/make.js';

const rule = poolExhaustedRule;
const facts = (rest: Partial<PoolFacts> = {}): PoolFacts => ({
  name: 'main',
  kind: 'database',
  library: 'pg',
  target: 'db:5432/shop',
  maxCount: 10,
  usualSeconds: 0.02,
  culprit: null,
  request: null,
  slowTargets: [],
  targetIsFast: [{ kind: 'dependency-slow', because: 'db:5432/shop answered within 5 ms (p95 of 90 calls)' }],
  ...rest,
});

/** So many connections that are all in one state. */
const held = (count: number, ageMs: number, querying: boolean | null) =>
  Array.from({ length: count }, () => ({ ageMs, querying }));
/** The same, of which so many wait for the reader of a response. */
const read = (count: number, awaited: number, ageMs: number, querying: boolean | null) =>
  held(count, ageMs, querying).map((one, index) => ({ ...one, awaitsReader: index < awaited }));
const waiting = (rest: Partial<PoolWindow> = {}): PoolWindow =>
  aPoolWindow({ pendingCount: 4, pendingMinCount: 2, held: held(10, 6_000, false), ...rest });
const times = (count: number, window: PoolWindow): PoolWindow[] =>
  Array.from({ length: count }, () => window);
const judge = (windows: readonly PoolWindow[], rest: Partial<PoolFacts> = {}) =>
  detectPoolExhausted(facts(rest), windows, rule);
const found = (windows: readonly PoolWindow[], rest: Partial<PoolFacts> = {}): Finding => {
  const finding = judge(windows, rest);
  if (typeof finding === 'string') throw new assert.AssertionError({ message: finding });
  return finding;
};

describe('fires', () => {
  const rows: readonly [string, readonly PoolWindow[]][] = [
    ['when somebody has waited at every moment of five windows', times(5, waiting())],
    ['whatever came before the queue began', [aPoolWindow(), ...times(5, waiting())]],
    ['when one caller gives up', [aPoolWindow(), aPoolWindow({ timeouts: 1 })]],
    [
      'on, when the own process is disturbed after the pool was found exhausted, until the queue ends',
      [...times(5, waiting()), ...times(9, waiting({ isDisturbed: true }))],
    ],
    [
      'over windows that say nothing, when the queue has not ended in them',
      [...times(2, waiting()), ...times(3, waiting({ isDisturbed: true })), ...times(3, waiting())],
    ],
  ];
  for (const [title, windows] of rows) {
    test(title, () => {
      const { kind, severity, key } = found(windows);
      assert.deepEqual([kind, severity, key], ['pool-exhausted', 'critical', 'main']);
    });
  }
});

describe('stays quiet', () => {
  const rows: readonly [string, readonly PoolWindow[]][] = [
    ['when nobody waits', times(30, aPoolWindow({ held: held(10, 9_000, false) }))],
    ['after four windows', times(4, waiting())],
    [
      'when the queue has ended within the newest five',
      [...times(5, waiting()), waiting({ pendingMinCount: 0 }), ...times(4, waiting())],
    ],
    ['when callers are seen waiting, but not at every moment', times(30, waiting({ pendingMinCount: 0 }))],
    ['when the one who gave up did so a window before', [aPoolWindow({ timeouts: 1 }), aPoolWindow()]],
    [
      'when the queue has ended in a window that says nothing else',
      [...times(4, waiting()), waiting({ pendingMinCount: 0, isDisturbed: true }), ...times(4, waiting())],
    ],
    [
      'when callers gave up only while the own process was disturbed',
      [aPoolWindow({ timeouts: 9, isDisturbed: true }), aPoolWindow()],
    ],
    [
      'when they have waited for five windows of which one was disturbed',
      [...times(2, waiting()), waiting({ isDisturbed: true }), ...times(2, waiting())],
    ],
  ];
  for (const [title, windows] of rows) test(title, () => assert.equal(judge(windows), 'quiet'));
});

describe('does not guess', () => {
  test('before the first window', () => assert.equal(judge([]), 'unknown'));
  test('from a newest window in which the own process was disturbed', () =>
    assert.equal(judge([...times(4, waiting()), waiting({ isDisturbed: true })]), 'unknown'));
  test('once the queue has ended in one', () =>
    assert.equal(
      judge([...times(9, waiting()), waiting({ isDisturbed: true, pendingMinCount: 0 })]),
      'unknown',
    ));
});

describe('names the cause', () => {
  const slow = { usualSeconds: 0.02 };
  const rows: readonly [string, string, Partial<PoolWindow>, Partial<PoolFacts>][] = [
    ['connections-held', 'when they are held for long without a query', { held: held(10, 6_000, false) }, {}],
    [
      'connections-held',
      'when half of them are, and the others ask one short query after the other',
      { held: [...held(5, 60_000, false), ...held(5, 20, true)] },
      {},
    ],
    ['slow-queries', 'when queries run for long', { held: held(10, 3_000, true) }, slow],
    [
      'slow-queries',
      'when more than half of them run one, although some are held',
      { held: [...held(6, 3_000, true), ...held(4, 3_000, false)] },
      slow,
    ],
    [
      'slow-queries',
      'just beyond three times the usual',
      { held: held(10, 3_001, true) },
      { usualSeconds: 1 },
    ],
    [
      'pool-too-small',
      'when queries take three times the usual',
      { held: held(10, 3_000, true) },
      { usualSeconds: 1 },
    ],
    ['pool-too-small', 'when queries are short and there is never a pause', { held: held(10, 30, true) }, {}],
    [
      'pool-too-small',
      'when nobody knows the usual and none takes a second',
      { held: held(10, 1_000, true) },
      { usualSeconds: null },
    ],
    [
      'slow-queries',
      'when nobody knows the usual and they take over a second',
      { held: held(10, 1_001, true) },
      { usualSeconds: null },
    ],
    [
      'dependency-slow',
      'when half of them are being opened',
      { held: held(5, 9_000, false), openingCount: 5 },
      {},
    ],
    [
      'connections-held',
      'when fewer than half of them are being opened',
      { held: held(6, 9_000, false), openingCount: 4 },
      {},
    ],
    [
      'dependency-slow',
      'when they are held without a query while somebody else answers late',
      { held: held(10, 6_000, false) },
      { slowTargets: ['prices:80'] },
    ],
    [
      'connections-held',
      'when they have been held for longer than anybody waits for a slow target',
      { held: held(10, 10_001, false) },
      { slowTargets: ['prices:80'] },
    ],
    [
      'dependency-slow',
      'when they have been held for just as long as that',
      { held: held(10, 10_000, false) },
      { slowTargets: ['prices:80'] },
    ],
    [
      'slow-queries',
      'whoever else answers late',
      { held: held(10, 6_000, true) },
      { slowTargets: ['prices:80'] },
    ],
    [
      'unknown',
      'when they are held without a query, each for a short time',
      { held: held(10, 300, false) },
      {},
    ],
    ['unknown', 'when the driver does not show what they do', { held: held(10, 6_000, null) }, {}],
    ['unknown', 'when no connection is held', { held: [] }, {}],
    [
      'slow-readers',
      'when cursors wait for the readers of responses',
      { held: read(10, 10, 6_000, true) },
      slow,
    ],
    [
      'slow-readers',
      'whether or not the driver says that a query runs',
      { held: read(10, 10, 6_000, false) },
      {},
    ],
    ['slow-readers', 'when half of them wait, the boundary', { held: read(10, 5, 6_000, true) }, slow],
    [
      'slow-readers',
      'when somebody else answers late, which readers do not wait for',
      { held: read(10, 10, 6_000, false) },
      { slowTargets: ['prices:80'] },
    ],
    [
      'slow-queries',
      'when fewer than half of them wait for a reader',
      { held: read(10, 4, 3_000, true) },
      slow,
    ],
    [
      'slow-queries',
      'when their responses are taken as fast as they come',
      { held: read(10, 0, 3_000, true) },
      slow,
    ],
    ['connections-held', 'when their responses are long sent', { held: read(10, 0, 60_000, false) }, {}],
    [
      'slow-queries',
      'when most of those whose request is known wait for a reader, but few are known',
      { held: [...read(2, 2, 3_000, true), ...held(8, 3_000, true)] },
      slow,
    ],
    [
      'pool-too-small',
      'when queries are short, and hardly any waits for a reader',
      { held: read(10, 1, 30, true) },
      {},
    ],
  ];
  for (const [cause, title, window, rest] of rows) {
    test(`${cause} ${title}`, () => assert.equal(found(times(5, waiting(window)), rest).cause, cause));
  }
});

test('says of slow readers how many there are, for how long, and what speaks against the rest', () => {
  const { title, measurements, ruledOut } = found(times(5, waiting({ held: read(10, 9, 12_300, true) })));
  assert.equal(
    title,
    'Pool main is exhausted: 90 % of its connections are held for responses that wait for their readers, for up to 12.3 s',
  );
  assert.equal(measurements.awaitingReaderRatio, 0.9);
  for (const kind of ['slow-queries', 'connections-held'])
    assert.equal(
      ruledOut.find((each) => each.kind === kind)?.because,
      '10 % of the held connections did not wait for a reader',
    );
  assert.ok(!('awaitingReaderRatio' in found(times(5, waiting())).measurements));
});

test('blames who is asked while connections are held, and the database otherwise', () => {
  assert.equal(found(times(5, waiting()), { slowTargets: ['prices:80'] }).target, 'prices:80');
  assert.equal(found(times(5, waiting())).target, 'db:5432/shop');
});

describe("suggests a size by Little's law", () => {
  const busy = (asked: number, uses: number, seconds: number) =>
    times(5, waiting({ held: held(10, 30, true), asked, useTime: { counts: [uses], sum: uses * seconds } }));
  test('such that the connections are busy for four fifths of the time', () => {
    const { measurements, title } = found(busy(400, 200, 0.05));
    assert.equal(measurements.neededByLittlesLaw, 20);
    assert.equal(measurements.suggestedMax, 25);
    assert.match(title, /; 25 would do/);
  });
  test('that is one more than now at the least', () => {
    assert.equal(found(busy(100, 100, 0.05)).measurements.suggestedMax, 11);
  });
  test('and none while no connection has been given back', () => {
    const { measurements } = found(times(5, waiting({ held: held(10, 30, true), asked: 100 })));
    assert.ok(!('suggestedMax' in measurements) && !('neededByLittlesLaw' in measurements));
  });
  test('and none when the size is not the cause', () => {
    const windows = times(5, waiting({ asked: 4, useTime: { counts: [2], sum: 8 } }));
    assert.ok(!('suggestedMax' in found(windows).measurements));
  });
});

describe('rules look-alikes out by numbers', () => {
  const rows: readonly [string, Partial<PoolWindow>, string, RegExp][] = [
    ['connections that are held', {}, 'slow-queries', /^0 % of the held connections ran a query$/],
    [
      'connections that are held',
      {},
      'pool-too-small',
      /^100 % of the connections were held for over 500 ms, up to 6\.0 s/,
    ],
    ['connections that are held', {}, 'dependency-slow', /answered within 5 ms/],
    [
      'slow queries',
      { held: held(10, 3_000, true) },
      'connections-held',
      /^0 % of the held connections ran no query$/,
    ],
    ['slow queries', { held: held(10, 3_000, true) }, 'pool-too-small', /held for over 500 ms, up to 3\.0 s/],
    [
      'a pool that is too small',
      { held: held(10, 30, true) },
      'slow-queries',
      /^0 % of the connections were held for over 500 ms$/,
    ],
    ['a pool that is too small', { held: held(10, 30, true) }, 'dependency-slow', /answered within 5 ms/],
    [
      'slow queries',
      { held: read(10, 1, 3_000, true) },
      'slow-readers',
      /^10 % of the held connections waited for the reader of a response$/,
    ],
    [
      'connections that are held',
      { held: read(10, 0, 6_000, false) },
      'slow-readers',
      /^0 % of the held connections waited for the reader of a response$/,
    ],
    ['any of them', { stalledMs: 20 }, 'event-loop-stall', /^the main thread was blocked for 100 ms of 5 s$/],
  ];
  for (const [title, window, kind, because] of rows) {
    test(`for ${title}: ${kind}`, () => {
      const { ruledOut } = found(times(5, waiting(window)));
      assert.match(ruledOut.find((each) => each.kind === kind)?.because ?? 'not ruled out', because);
    });
  }
  test('but never a slow database for slow queries, which is what they are', () => {
    const { ruledOut } = found(times(5, waiting({ held: held(10, 3_000, true) })));
    assert.ok(ruledOut.every(({ kind }) => kind !== 'dependency-slow'));
  });
});

test('is the surer the more looks it has, and the more they agree', () => {
  const few = found([waiting({ timeouts: 1, held: held(2, 6_000, false) })]);
  const many = found(times(5, waiting()));
  const mixed = found(times(5, waiting({ held: [...held(6, 6_000, false), ...held(4, 6_000, true)] })));
  assert.ok(few.confidence < many.confidence, `${few.confidence} ${many.confidence}`);
  assert.ok(mixed.confidence < many.confidence, `${mixed.confidence} ${many.confidence}`);
  assert.equal(found(times(5, waiting({ held: [] }))).confidence, 0);
});

describe('what counts as long', () => {
  const rows: readonly [string, number | null, number][] = [
    ['is half a second where uses are short', 0.02, 0.5],
    ['is three times the usual', 1, 3],
    ['is ten seconds at the most, whatever exports are usual', 60, 10],
    ['is a second while the usual is not known', null, 1],
  ];
  for (const [title, usual, expected] of rows)
    test(title, () => assert.equal(longSeconds(usual, rule), expected));
});
