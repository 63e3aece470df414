import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/protocol/finding.js';
import type { RequestContext } from '../../../src/protocol/incident.js';
import type { Stall } from '../../../src/protocol/stall.js';
import {
  detectEventLoopStall,
  noHistory,
  type StallHistory,
  stallKey,
  stallRule,
} from '../../../src/sidecar/diagnosis/event-loop-stall.js';
import { aFrame, aSample, aStall, aTurn } from '../../harness/make.js';

const rule = { ...stallRule, thresholdMs: 100 };
const hot = aSample(['buildReport src/report.ts:42:17', 'main src/main.ts:5']);
/** Looks at a loop of microtasks. */
const turning = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...hot, turn: aTurn({ microtasks: index }) }));
const served = (route: string): RequestContext => ({ route, traceId: 'a1', spanId: 'b2' });
const judge = (stall: Partial<Stall>, history: Partial<StallHistory> = {}) =>
  detectEventLoopStall(aStall(stall), { ...noHistory, ...history }, 'key', rule);

function find(stall: Partial<Stall>, history: Partial<StallHistory> = {}): Finding {
  const finding = judge(stall, history);
  if (typeof finding === 'string') assert.fail(`expected a finding, got ${finding}`);
  return finding;
}

describe('fires or not', () => {
  const rows: readonly ['fires' | 'quiet' | 'unknown', string, Partial<Stall>][] = [
    ['quiet', 'just below the threshold', { blockedMs: 99.9, samples: [hot, hot] }],
    ['quiet', 'below the threshold when it has ended', { blockedMs: 99.9, ended: true }],
    ['quiet', 'when it was no stall at all', { blockedMs: 0 }],
    ['unknown', 'on the threshold without a stack', { blockedMs: 100 }],
    ['unknown', 'without a stack, while one may still come', { blockedMs: 109.9 }],
    ['fires', 'without a stack when patience is over', { blockedMs: 110 }],
    ['fires', 'on the threshold with the first stack', { blockedMs: 100, samples: [hot] }],
    [
      'fires',
      'on the threshold in a call that is known',
      { blockedMs: 100, operation: 'fs.readSync', operationRatio: 1 },
    ],
    [
      'fires',
      'on the threshold when the thread sleeps and does not answer',
      { blockedMs: 100, onCpuRatio: 0, silentMs: 5 },
    ],
    [
      'unknown',
      'with one stack that nobody tells the CPU time of',
      { blockedMs: 100, onCpuRatio: null, runQueueRatio: null, samples: [hot] },
    ],
    [
      'quiet',
      'when it is ready, does not run and shows no stack: the wait is told when it is over',
      { blockedMs: 300, onCpuRatio: 0.05, isReady: true },
    ],
    ['fires', 'when it runs and shows no stack', { blockedMs: 110, onCpuRatio: 0.95, isReady: true }],
    ['quiet', 'when it waited for a CPU in between', { blockedMs: 150, runQueueRatio: 0.34, ended: true }],
    ['fires', 'when what is left without that wait is enough', { blockedMs: 150, runQueueRatio: 0.33 }],
    ['quiet', 'when it waited for a CPU for half a second or less', { blockedMs: 499.9, runQueueRatio: 0.9 }],
    ['fires', 'when it waited for a CPU for longer', { blockedMs: 500, runQueueRatio: 0.9 }],
    [
      'quiet',
      'when a quota held it back in between',
      { blockedMs: 150, onCpuRatio: 0.6, throttledRatio: 0.4, ended: true, samples: [hot] },
    ],
    ['fires', 'when nobody tells of the wait for a CPU', { blockedMs: 125, runQueueRatio: null }],
    [
      'quiet',
      'when it ran on a CPU for too little of it',
      { blockedMs: 114, onCpuRatio: 0.7, samples: [hot, hot] },
    ],
    [
      'quiet',
      'when many tasks ran on a CPU for too little of it',
      { blockedMs: 114, onCpuRatio: 0.7, samples: turning(3) },
    ],
    [
      'fires',
      'when it ran on a CPU for long enough',
      { blockedMs: 150, onCpuRatio: 0.7, samples: [hot, hot] },
    ],
    [
      'quiet',
      'when neither a culprit nor its CPU time is known',
      { blockedMs: 499, onCpuRatio: null, ended: true },
    ],
    [
      'fires',
      'when its call is known, and nobody will tell of its CPU time',
      { blockedMs: 160, onCpuRatio: null, runQueueRatio: null, operation: 'fs.readSync', operationRatio: 1 },
    ],
    [
      'quiet',
      'when its call is known, and its CPU time may become known: it may wait for a CPU',
      { blockedMs: 159, onCpuRatio: null, runQueueRatio: null, operation: 'fs.readSync', operationRatio: 1 },
    ],
    ['fires', 'when nothing is known of half a second', { blockedMs: 500, onCpuRatio: null, ended: true }],
    ['fires', 'with one stack when no second will come', { blockedMs: 110, samples: [hot], ended: true }],
  ];
  for (const [outcome, title, stall] of rows) {
    test(`${outcome}: ${title}`, () => {
      const finding = judge(stall);
      assert.equal(typeof finding === 'string' ? finding : 'fires', outcome);
    });
  }
});

describe('is loud', () => {
  const starts = (count: number, startMs = 900) => Array.from({ length: count }, () => startMs);
  const rows: readonly ['warning' | 'critical', string, Partial<Stall>, Partial<StallHistory>][] = [
    ['warning', 'a single block below a second', { blockedMs: 999.9 }, {}],
    ['critical', 'a single block of a second', { blockedMs: 1_000 }, {}],
    ['critical', 'a short block after a long one', { blockedMs: 200 }, { worstMs: 1_000 }],
    ['warning', 'the fourth block within a minute', {}, { startsMs: starts(3) }],
    ['critical', 'the fifth block within a minute', {}, { startsMs: starts(4) }],
    ['warning', 'the fifth block, a minute after the others', { startedMs: 60_900 }, { startsMs: starts(4) }],
    ['critical', 'the fifth block, just within the minute', { startedMs: 60_899 }, { startsMs: starts(4) }],
  ];
  for (const [severity, title, stall, history] of rows) {
    test(`${severity}: ${title}`, () => assert.equal(find(stall, history).severity, severity));
  }
});

describe('says', () => {
  test('how long, how and where in its title', () => {
    assert.equal(
      find({ samples: [hot] }).title,
      'Event loop blocked 412 ms in buildReport (src/report.ts:42)',
    );
    assert.equal(find({ silentMs: 300 }).title, 'Event loop blocked 412 ms by a synchronous call');
    assert.equal(
      find({ blockedMs: 600, runQueueRatio: 0.9, onCpuRatio: 0.1 }).title,
      'Event loop blocked 600 ms while the main thread got no CPU',
    );
    assert.equal(
      find({ gcRatio: 0.9, samples: [hot, hot] }).title,
      'Event loop blocked 412 ms by garbage collection in buildReport (src/report.ts:42)',
    );
    assert.equal(
      find({ samples: turning(3) }).title,
      'Event loop blocked 412 ms by microtasks in main (src/main.ts:5)',
    );
  });

  test('which synchronous call it is, and no call that is not the cause', () => {
    const called = find({ samples: [hot], operation: 'crypto.pbkdf2Sync', operationRatio: 0.9 });
    assert.equal(
      called.title,
      'Event loop blocked 412 ms by crypto.pbkdf2Sync in buildReport (src/report.ts:42)',
    );
    assert.deepEqual([called.operation, called.measurements.operationRatio], ['crypto.pbkdf2Sync', 0.9]);
    const passing = find({ samples: [hot, hot], operation: 'fs.statSync', operationRatio: 0.2 });
    assert.deepEqual([passing.cause, passing.operation], ['javascript', undefined]);
  });

  test('how sure it is: more with more samples that agree, nothing without any', () => {
    const confidence = (count: number) =>
      find({ samples: Array.from({ length: count }, () => hot) }).confidence;
    assert.deepEqual([confidence(0), confidence(1), confidence(4), confidence(19)], [0, 0.5, 0.8, 0.95]);
    const other = aSample(['other src/b.ts:1']);
    assert.equal(find({ samples: [hot, hot, hot, other] }).confidence, 0.6);
  });

  test('the cause of most of the blocked time: one starved block does not turn the verdict', () => {
    const starved = { runQueueRatio: 0.9, blockedMs: 600, samples: [hot, hot] };
    assert.equal(find(starved, { endedMs: { javascript: 1_500 } }).cause, 'javascript');
    assert.equal(find(starved, { endedMs: { javascript: 500 } }).cause, 'cpu-starvation');
  });

  test('its numbers, and leaves out those that are not known', () => {
    const history = { worstMs: 800, endedMs: { javascript: 1_500 }, occurrences: 2, samples: [hot] };
    const finding = find({ samples: [hot, hot], onCpuRatio: null, runQueueRatio: null }, history);
    assert.equal(finding.occurrences, 3);
    assert.deepEqual(finding.measurements, {
      blockedMs: 412,
      worstBlockedMs: 800,
      totalBlockedMs: 1_912,
      samples: 3,
      functionShare: 1,
    });
  });

  test('what it is not, with the number that speaks against it', () => {
    const because = (stall: Partial<Stall>) => find({ samples: [hot, hot], ...stall }).ruledOut;
    assert.deepEqual(because({ gcRatio: 0.014, runQueueRatio: 0.02 }), [
      { kind: 'gc-pressure', because: 'garbage collection took 1 % of the block' },
      { kind: 'cpu-starved', because: 'the main thread waited for a CPU during 2 % of the block' },
    ]);
    assert.deepEqual(because({ gcRatio: null, runQueueRatio: null }), []);
    assert.deepEqual(because({ gcRatio: 0.9, runQueueRatio: null }), []);
    assert.deepEqual(because({ blockedMs: 600, gcRatio: null, runQueueRatio: 0.9 }), []);
  });

  test('the function that a task begins with, when many tasks block', () => {
    const stacks = ['first', 'second', 'third'].map((helper, microtasks) =>
      aSample([`${helper} src/helpers.ts:1`, 'poll src/poll.ts:7'], { turn: aTurn({ microtasks }) }),
    );
    const same = stacks.map(({ turn, ...rest }) => ({ ...rest, turn, frames: stacks[0]!.frames }));
    assert.equal(find({ samples: stacks }).culprit?.function, 'poll');
    assert.equal(find({ samples: same }).culprit?.function, 'poll');
    const starved = { blockedMs: 600, runQueueRatio: 0.9 };
    assert.equal(find({ ...starved, samples: same }).culprit?.function, 'poll');
    const single = same.map((each) => ({ ...each, turn: null }));
    assert.equal(find({ samples: single }).culprit?.function, 'first');
  });

  test('in how many looks another task ran, and that this was no turn of the loop', () => {
    const finding = find({ samples: [...turning(3), turning(3)[2]!] });
    assert.equal(finding.measurements.taskTurnoverRatio, 0.667);
    const because = '2 of 3 looks found another task, and the loop did not turn in between';
    assert.deepEqual(finding.ruledOut.at(-1), { kind: 'event-loop-saturated', because });
    const single = find({ samples: turning(2) });
    assert.equal(single.measurements.taskTurnoverRatio, 1);
    assert.ok(!single.ruledOut.some(({ kind }) => kind === 'event-loop-saturated'));
  });

  test('nothing against a cause that the newest stall had, although most of the time had another', () => {
    const starved = { runQueueRatio: 0.9, blockedMs: 600, samples: [hot, hot] };
    const finding = find(starved, { endedMs: { javascript: 1_500 } });
    assert.deepEqual([finding.cause, finding.ruledOut], ['javascript', []]);
  });

  test('the collections of the stall before as long as its own are not known', () => {
    const finding = find({ samples: [hot, hot] }, { gcRatio: 0.03 });
    assert.equal(finding.measurements.gcRatio, 0.03);
    assert.equal(find({ samples: [hot, hot], gcRatio: 0.2 }, { gcRatio: 0.03 }).measurements.gcRatio, 0.2);
  });
});

describe('the request', () => {
  const at = (route: string | null) => aSample([], { request: route === null ? null : served(route) });
  const rows: readonly [string, readonly (string | null)[], string | null][] = [
    ['is the one that most samples saw', ['GET /a', 'GET /a', 'GET /b'], 'GET /a'],
    ['is none when half of the samples saw none', ['GET /a', null], null],
    ['is none when two share the samples', ['GET /a', 'GET /b'], null],
    ['is none when nothing was served', [null, null], null],
    ['may be one without a route', ['GET unmatched'], 'GET unmatched'],
  ];
  for (const [title, routes, expected] of rows) {
    test(title, () => {
      const request = find({ samples: routes.map(at) }).request;
      assert.deepEqual(request, expected === null ? null : served(expected));
    });
  }
});

test('the request is that of the stack that was waited for, not of two that came at once after it', () => {
  const during = aSample([], { askedMs: 1_100, answerMs: 200, request: served('GET /a') });
  const after = [1_302, 1_305].map((askedMs) =>
    aSample([], { askedMs, answerMs: 1, request: served('GET /b') }),
  );
  assert.deepEqual(find({ samples: [during, ...after] }).request, served('GET /a'));
});

describe('the key', () => {
  const request = served('GET /report');
  const rows: readonly [string, Partial<Stall>, string][] = [
    ['is the route', { samples: [aSample(['inner src/a.ts:1'], { request })] }, 'GET /report'],
    [
      'is the outermost own function when the route is not known',
      { samples: [aSample(['inner src/a.ts:1', 'outer src/b.ts:2'], { request: served('GET unmatched') })] },
      'outer src/b.ts',
    ],
    ['does not depend on the line', { samples: [aSample(['outer src/b.ts:99'])] }, 'outer src/b.ts'],
    [
      'is the outermost own function that awaits when none runs',
      {
        samples: [
          aSample([aFrame('inner src/a.ts:1', { async: true }), aFrame('outer src/b.ts:2', { async: true })]),
        ],
      },
      'outer src/b.ts',
    ],
    [
      'is the cause when no own code was seen',
      { samples: [aSample([]), aSample([])], ended: true },
      'javascript',
    ],
  ];
  for (const [title, stall, key] of rows) test(title, () => assert.equal(stallKey(aStall(stall)), key));
});
