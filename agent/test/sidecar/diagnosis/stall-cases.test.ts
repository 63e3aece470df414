import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/protocol/finding.js';
import type { StackSample } from '../../../src/protocol/stack.js';
import type { Stall } from '../../../src/protocol/stall.js';
import { stallRule } from '../../../src/sidecar/diagnosis/event-loop-stall.js';
import { createStallCases } from '../../../src/sidecar/diagnosis/stall-cases.js';
import { aFrame, aSample, aStall, aTurn } from '../../harness/make.js';

const report = aSample(['buildReport src/report.ts:42']);
const search = aSample(['search src/search.ts:7']);
const between = aSample([
  aFrame('process.processTicksAndRejections node:internal/process/task_queues:95', { origin: 'node' }),
]);
const open = () => createStallCases({ ...stallRule, thresholdMs: 100 });

const stallOf = (id: number, rest: Partial<Stall> = {}): Stall =>
  aStall({ id, startedMs: id * 1_000, ended: true, samples: [report, report], ...rest });

function finding(verdict: Finding | 'quiet' | 'unknown'): Finding {
  if (typeof verdict === 'string') assert.fail(`expected a finding, got ${verdict}`);
  return verdict;
}

describe('stalls of one function', () => {
  test('are counted as occurrences of one incident', () => {
    const cases = open();
    const found = [1, 2, 3].map((id) => finding(cases.judge(stallOf(id, { blockedMs: 100 * id }))));
    assert.deepEqual(
      found.map(({ key, occurrences }) => [key, occurrences]),
      [1, 2, 3].map((count) => ['buildReport src/report.ts', count]),
    );
    assert.equal(found[2]!.measurements.totalBlockedMs, 600);
    assert.equal(found[2]!.measurements.worstBlockedMs, 300);
    assert.equal(found[2]!.measurements.samples, 6);
  });

  test('are one occurrence while news of the same stall comes', () => {
    const cases = open();
    const news = [200, 300, 400].map((blockedMs) =>
      finding(cases.judge(stallOf(1, { blockedMs, ended: false }))),
    );
    assert.deepEqual(
      news.map(({ occurrences }) => occurrences),
      [1, 1, 1],
    );
    assert.equal(news[2]!.measurements.totalBlockedMs, 400);
  });

  test('are told from stalls of another function', () => {
    const cases = open();
    cases.judge(stallOf(1));
    const other = finding(cases.judge(stallOf(2, { samples: [search] })));
    assert.deepEqual([other.key, other.occurrences], ['search src/search.ts', 1]);
    assert.equal(finding(cases.judge(stallOf(3))).occurrences, 2);
  });

  test('start anew when their incident is over', () => {
    const cases = open();
    cases.judge(stallOf(1));
    cases.forget('buildReport src/report.ts');
    assert.equal(finding(cases.judge(stallOf(2))).occurrences, 1);
  });

  test('stay one incident when later stacks of the same stall look different', () => {
    const cases = open();
    cases.judge(stallOf(1, { ended: false, samples: [report, report] }));
    const later = finding(cases.judge(stallOf(1, { samples: [search, search, search, report] })));
    assert.equal(later.key, 'buildReport src/report.ts');
  });
});

describe('collections that become known after the stall', () => {
  test('are added to its finding', () => {
    const cases = open();
    cases.judge(stallOf(1));
    const known = finding(cases.judge(stallOf(1, { gcRatio: 0.02 })));
    assert.deepEqual([known.occurrences, known.measurements.gcRatio], [1, 0.02]);
  });

  test('turn the cause, although the next stall is already there', () => {
    const cases = open();
    cases.judge(stallOf(1, { blockedMs: 600 }));
    assert.equal(finding(cases.judge(stallOf(2, { blockedMs: 200 }))).cause, 'javascript');
    const known = finding(cases.judge(stallOf(1, { blockedMs: 600, gcRatio: 0.9 })));
    assert.deepEqual([known.cause, known.occurrences, known.measurements.totalBlockedMs], ['gc', 2, 800]);
    assert.equal(finding(cases.judge(stallOf(3, { blockedMs: 100 }))).cause, 'gc');
  });

  test('change nothing when the next stall is already there and the cause stays', () => {
    const cases = open();
    cases.judge(stallOf(1));
    cases.judge(stallOf(2));
    assert.equal(cases.judge(stallOf(1, { gcRatio: 0.02 })), 'quiet');
    const next = finding(cases.judge(stallOf(3)));
    assert.deepEqual([next.occurrences, next.measurements.samples], [3, 6]);
  });
});

describe('quiet', () => {
  const rows: readonly [string, 'quiet' | 'unknown', Partial<Stall>][] = [
    ['a stall below the threshold', 'quiet', { blockedMs: 60 }],
    ['a stall below the threshold that goes on', 'quiet', { blockedMs: 60, ended: false }],
    ['a stall that waits for its first stack', 'unknown', { blockedMs: 105, samples: [], ended: false }],
  ];
  for (const [title, verdict, stall] of rows) {
    test(title, () => {
      const cases = open();
      assert.equal(cases.judge(stallOf(1, stall)), verdict);
      assert.equal(finding(cases.judge(stallOf(2))).occurrences, 1, 'it was counted all the same');
    });
  }
});

describe('a call that shows no stack before it returns', () => {
  const silent = (id: number): Stall =>
    stallOf(id, { ended: false, samples: [], silentMs: 300, onCpuRatio: 0, runQueueRatio: 0 });
  const late: StackSample = { ...report, answerMs: 400 };
  const returned = (id: number): Stall => stallOf(id, { samples: [late], onCpuRatio: 0, runQueueRatio: 0 });

  test('is one incident, first without and then with its code', () => {
    const cases = open();
    const first = finding(cases.judge(silent(1)));
    const second = finding(cases.judge({ ...silent(1), blockedMs: 800 }));
    const last = finding(cases.judge(returned(1)));
    assert.deepEqual([first.cause, first.culprit, second.key], ['sync-call', null, first.key]);
    assert.deepEqual(
      [last.key, last.formerKey, last.occurrences],
      ['buildReport src/report.ts', first.key, 1],
    );
    assert.equal(last.culprit?.function, 'buildReport');
  });

  test('and keeps its key when the cause becomes known only later', () => {
    const cases = open();
    const unknown = finding(cases.judge({ ...silent(1), silentMs: 50, onCpuRatio: 0.9 }));
    const known = finding(cases.judge(silent(1)));
    assert.deepEqual([unknown.cause, known.cause, known.key], ['unknown', 'sync-call', unknown.key]);
  });

  test('waits for its stack while an incident of such calls is open', () => {
    const cases = open();
    cases.judge(returned(1));
    assert.equal(cases.judge(silent(2)), 'unknown');
    const last = finding(cases.judge(returned(2)));
    assert.deepEqual([last.occurrences, last.formerKey], [2, undefined]);
  });

  test('does not wait behind an incident of running JavaScript, nor behind one that is over', () => {
    const cases = open();
    cases.judge(stallOf(1));
    assert.equal(finding(cases.judge(silent(2))).cause, 'sync-call');
    const others = open();
    others.judge(returned(1));
    others.forget('buildReport src/report.ts');
    assert.equal(finding(others.judge(silent(2))).cause, 'sync-call');
  });

  test('that never showed one is known by its cause', () => {
    const cases = open();
    const first = finding(cases.judge(silent(1)));
    const last = finding(cases.judge({ ...silent(1), ended: true }));
    assert.deepEqual([last.key, last.formerKey], ['sync-call', first.key]);
  });
});

describe('a stall that ends without a stack', () => {
  const bare = (id: number, rest: Partial<Stall> = {}): Stall => stallOf(id, { samples: [], ...rest });
  const called = (name: string): Partial<Stall> => ({ operation: name, operationRatio: 1 });
  const collecting: Partial<Stall> = { gcRatio: 0.9 };
  const joined = 'buildReport src/report.ts';
  const rows: readonly [string, Partial<Stall>, Partial<Stall>, string][] = [
    ['is part of the open incident of the same call', called('fs.readSync'), called('fs.readSync'), joined],
    ['is no part of one of another call', called('fs.readSync'), called('zlib.gzipSync'), 'sync-call'],
    ['is part of the open incident of the same cause', collecting, collecting, joined],
    ['is no part of one of another cause', {}, called('fs.readSync'), 'sync-call'],
    ['is part of the open incident when nothing is known of it', {}, { blockedMs: 140 }, joined],
    ['is its own when nothing is known of half a second', {}, { blockedMs: 500 }, 'unknown'],
  ];
  for (const [title, before, stall, key] of rows) {
    test(title, () => {
      const cases = open();
      cases.judge(stallOf(1, before));
      const found = finding(cases.judge(bare(2, stall)));
      assert.deepEqual([found.key, found.formerKey], [key, undefined]);
      assert.equal(found.occurrences, key === joined ? 2 : 1);
    });
  }

  test('joins the newest of several', () => {
    const cases = open();
    cases.judge(stallOf(1, collecting));
    cases.judge(stallOf(2, { ...collecting, samples: [search, search] }));
    assert.equal(finding(cases.judge(bare(3, collecting))).key, 'search src/search.ts');
  });

  test('waits while it goes on, so that no second incident opens', () => {
    const cases = open();
    cases.judge(stallOf(1));
    const silent = bare(2, { ended: false, blockedMs: 130 });
    assert.equal(cases.judge(silent), 'unknown');
    assert.equal(finding(cases.judge({ ...silent, ended: true })).key, joined);
  });

  test('stands alone when the incident before is over', () => {
    const cases = open();
    cases.judge(stallOf(1));
    cases.forget(joined);
    assert.equal(finding(cases.judge(bare(2, { blockedMs: 140 }))).key, 'unknown');
  });
});

test('remembers the newest of very many incidents and goes on', () => {
  const cases = open();
  for (let id = 1; id <= 1_000; id += 1) {
    finding(cases.judge(stallOf(id, { samples: [aSample([`f${id} src/a.ts:1`])] })));
  }
  const again = (id: number, name: string): number =>
    finding(cases.judge(stallOf(id, { samples: [aSample([`${name} src/a.ts:1`])] }))).occurrences;
  assert.equal(again(1_001, 'f1000'), 2);
  assert.equal(again(1_002, 'f1'), 1);
});

describe('a stall that was first seen between two tasks', () => {
  const route = { route: 'GET /report', traceId: 'a1', spanId: 'b2' };
  const turning = [0, 1, 2].map((microtasks) => ({ ...report, request: route, turn: aTurn({ microtasks }) }));

  test('gets its key from the first stack that tells', () => {
    const cases = open();
    const first = finding(cases.judge(stallOf(1, { ended: false, samples: [between] })));
    assert.equal(first.key, 'stall 1');
    const known = finding(cases.judge(stallOf(1, { samples: [between, turning[0]!, turning[1]!] })));
    assert.deepEqual([known.key, known.formerKey, known.occurrences], ['GET /report', 'stall 1', 1]);
  });

  test('gets it from the request as well, without any code', () => {
    const samples = [{ ...between, request: route }];
    assert.equal(finding(open().judge(stallOf(1, { ended: false, samples }))).key, 'GET /report');
  });

  test('gets one when it has ended, although nothing has told', () => {
    assert.equal(finding(open().judge(stallOf(1, { samples: [between, between] }))).key, 'javascript');
  });

  test('waits for it while an incident of microtasks is open, and joins that', () => {
    const cases = open();
    assert.equal(finding(cases.judge(stallOf(1, { samples: turning }))).cause, 'microtasks');
    assert.equal(cases.judge(stallOf(2, { ended: false, samples: [between] })), 'unknown');
    const joined = finding(cases.judge(stallOf(2, { samples: [between, ...turning] })));
    assert.deepEqual([joined.key, joined.occurrences], ['GET /report', 2]);
  });

  test('does not wait for an incident of another cause', () => {
    const cases = open();
    cases.judge(stallOf(1));
    assert.equal(finding(cases.judge(stallOf(2, { ended: false, samples: [between] }))).key, 'stall 2');
  });
});
