import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ThreadpoolWindow } from '../../../src/protocol/threadpool.js';
import {
  detectThreadpoolSaturated,
  isComputing,
  threadpoolRule,
  workOf,
} from '../../../src/sidecar/diagnosis/threadpool-saturated.js';

const aWindow = (waitMs: number | null, rest: Partial<ThreadpoolWindow> = {}): ThreadpoolWindow => ({
  waitMs,
  isDisturbed: false,
  stalledMs: 0,
  utilization: 0.1,
  waitedRatio: 0.02,
  otherCores: 1.5,
  threads: 4,
  pending: { 'crypto.pbkdf2': 12 },
  ...rest,
});
const five = (waitMs: number, rest: Partial<ThreadpoolWindow> = {}): ThreadpoolWindow[] =>
  Array.from({ length: 5 }, () => aWindow(waitMs, rest));
const judge = (windows: readonly ThreadpoolWindow[]) => detectThreadpoolSaturated(windows, threadpoolRule);
const kindOf = (windows: readonly ThreadpoolWindow[]): string => {
  const judged = judge(windows);
  return typeof judged === 'string' ? judged : judged.kind;
};
const findingOf = (windows: readonly ThreadpoolWindow[]) => {
  const judged = judge(windows);
  assert.ok(typeof judged !== 'string', String(judged));
  return judged;
};
const disturbed = aWindow(900, { isDisturbed: true, stalledMs: 900 });

describe('fires', () => {
  const rows: readonly [string, readonly ThreadpoolWindow[]][] = [
    ['when five probes in a row waited longer than the limit', five(100.1)],
    ['when older ones did not', [aWindow(0.1), ...five(500)]],
    ['across windows that are disturbed', [...five(300).slice(0, 4), disturbed, disturbed, aWindow(300)]],
    ['where nothing is known of CPU times', five(300, { otherCores: null, waitedRatio: null })],
    ['when nothing known is pending', five(300, { pending: {} })],
  ];
  for (const [title, windows] of rows) {
    test(title, () => assert.equal(kindOf(windows), 'threadpool-saturated'));
  }
});

describe('does not fire', () => {
  const rows: readonly [string, readonly ThreadpoolWindow[], 'quiet' | 'unknown'][] = [
    ['on the limit itself', five(100), 'quiet'],
    ['when one probe of the five was fast', [...five(900).slice(0, 4), aWindow(0.1)], 'quiet'],
    ['on an idle pool with many pending calls', five(0.1), 'quiet'],
    ['with four windows', five(900).slice(0, 4), 'unknown'],
    ['when the newest window is disturbed', [...five(900), disturbed], 'unknown'],
    ['when the newest window has no probe', [...five(900), aWindow(null)], 'unknown'],
    [
      'when only four of the last ten are undisturbed',
      [...five(900), ...Array(6).fill(disturbed), ...five(900).slice(0, 4)],
      'unknown',
    ],
    ['without any window', [], 'unknown'],
  ];
  for (const [title, windows, expected] of rows) {
    test(title, () => assert.equal(kindOf(windows), expected));
  }
});

describe('cause', () => {
  const rows: readonly [string, Partial<ThreadpoolWindow>, string, string | undefined][] = [
    ['keys that are derived', { pending: { 'crypto.pbkdf2': 12 } }, 'crypto', 'crypto.pbkdf2'],
    ['texts that are compressed', { pending: { 'zlib.gzip': 3, 'crypto.hkdf': 1 } }, 'zlib', 'zlib.gzip'],
    [
      'files of a disk that does not answer',
      { otherCores: 0, pending: { FSReqPromise: 9 } },
      'fs',
      'FSReqPromise',
    ],
    [
      'names of a server that does not answer',
      { otherCores: 0, pending: { GetAddrInfoReqWrap: 9, FSReqCallback: 2 } },
      'dns',
      'GetAddrInfoReqWrap',
    ],
    [
      'keys, although more files wait behind them, because the pool computes',
      { otherCores: 0.5, pending: { FSReqCallback: 60, 'crypto.scrypt': 4 } },
      'crypto',
      'crypto.scrypt',
    ],
    [
      'files, although more keys wait behind them, because the pool waits',
      { otherCores: 0.1, pending: { FSReqCallback: 4, 'crypto.scrypt': 60 } },
      'fs',
      'FSReqCallback',
    ],
    [
      'keys when it computes a bit, as on a crowded machine, and each thread may have one',
      { otherCores: 0.11, pending: { FSReqCallback: 60, 'crypto.scrypt': 4 } },
      'crypto',
      'crypto.scrypt',
    ],
    [
      'the most of all when it computes a bit and there is no key for each thread',
      { otherCores: 0.49, pending: { FSReqCallback: 60, 'crypto.scrypt': 3 } },
      'fs',
      'FSReqCallback',
    ],
    [
      'the most of all when nobody tells of the CPU',
      { otherCores: null, pending: { FSReqCallback: 40, 'crypto.scrypt': 6 } },
      'fs',
      'FSReqCallback',
    ],
    [
      'unknown when the pool computes and only files wait: it is no call that is counted',
      { otherCores: 2, pending: { FSReqCallback: 40 } },
      'unknown',
      undefined,
    ],
    ['unknown when nothing is pending', { pending: {} }, 'unknown', undefined],
  ];
  for (const [title, rest, cause, operation] of rows) {
    test(title, () => {
      const finding = findingOf(five(400, rest));
      assert.equal(finding.cause, cause);
      assert.equal(finding.operation, operation);
      assert.equal(finding.confidence > 0, cause !== 'unknown');
    });
  }

  test('what is pending is the mean of the windows', () => {
    const windows = [8, 16, 12, 10, 14].map((count) => aWindow(400, { pending: { 'crypto.pbkdf2': count } }));
    assert.equal(findingOf(windows).measurements.pendingCrypto, 12);
  });
});

test('says how long work waits, what is pending, and what it is not, in numbers', () => {
  const windows = [200, 300, 400, 500, 600].map((waitMs) => aWindow(waitMs, { stalledMs: 10 }));
  const { title, measurements, ruledOut, severity, culprit, confidence } = findingOf(windows);
  assert.equal(title, 'Work waits 400 ms for a thread of the pool of 4: 12 crypto.pbkdf2 are pending');
  assert.deepEqual([severity, culprit, confidence], ['warning', null, 0.833]);
  assert.deepEqual(measurements, {
    samples: 5,
    waitMs: 400,
    longestWaitMs: 600,
    threads: 4,
    pendingFs: 0,
    pendingCrypto: 12,
    pendingDns: 0,
    pendingZlib: 0,
    otherCores: 1.5,
  });
  assert.deepEqual(ruledOut, [
    {
      kind: 'event-loop-stall',
      because: 'the event loop was stalled for 50 ms of these 5 s, and it was busy 10 % of the time',
    },
    {
      kind: 'cpu-starved',
      because:
        'the main thread waited for a CPU 2 % of the time, and the other threads of the process took 1.5 cores',
    },
  ]);
});

describe('what an operation is for', () => {
  const rows: readonly [string, string | null][] = [
    ['FSReqCallback', 'fs'],
    ['FSReqPromise', 'fs'],
    ['FileHandleCloseReq', 'fs'],
    ['GetAddrInfoReqWrap', 'dns'],
    ['GetNameInfoReqWrap', 'dns'],
    ['crypto.argon2', 'crypto'],
    ['zlib.zstdCompress', 'zlib'],
    ['QueryReqWrap', null],
    ['TCPSocketWrap', null],
    ['Timeout', null],
  ];
  for (const [name, work] of rows) test(`${name}: ${work}`, () => assert.equal(workOf(name), work));
});

describe('the pool takes the CPUs itself', () => {
  const rows: readonly [string, Partial<ThreadpoolWindow>, boolean][] = [
    ['when each thread has a call that computes', { pending: { 'crypto.pbkdf2': 3, 'zlib.gzip': 1 } }, true],
    ['at the least that is computing', { otherCores: 0.5 }, true],
    ['not with fewer such calls than threads', { pending: { 'crypto.pbkdf2': 3 } }, false],
    ['not with files, however many', { pending: { FSReqCallback: 90 } }, false],
    ['not when little is computed', { otherCores: 0.49 }, false],
    ['not where nobody tells', { otherCores: null }, false],
    ['not when nothing waits', { waitMs: 100 }, false],
    ['not without a probe', { waitMs: null }, false],
  ];
  for (const [title, rest, expected] of rows) {
    test(title, () => assert.equal(isComputing(aWindow(400, rest), threadpoolRule), expected));
  }
});
