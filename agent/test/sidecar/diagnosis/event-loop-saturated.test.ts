import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BusyWindow, Survey } from '../../../src/protocol/saturation.js';
import type { StackSample } from '../../../src/protocol/stack.js';
import {
  detectEventLoopSaturated,
  isSaturated,
  ruleOutSaturated,
  saturationRule,
} from '../../../src/sidecar/diagnosis/event-loop-saturated.js';
import { aFrame, aSample } from '../../harness/make.js';

const busy: BusyWindow = { utilization: 0.95, stalledMs: 0, collectedMs: 0 };
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe('a loop', () => {
  const rows: readonly [boolean | 'unknown', string, readonly BusyWindow[]][] = [
    ['unknown', 'nobody has looked at', []],
    ['unknown', 'that was looked at twice', times(2, busy)],
    [
      'unknown',
      'whose utilization could not be read',
      [...times(2, busy), { utilization: null, stalledMs: 0, collectedMs: 0 }],
    ],
    [true, 'that is busy for three windows', times(3, busy)],
    [
      true,
      'that was idle before',
      [...times(9, { utilization: 0.1, stalledMs: 0, collectedMs: 0 }), ...times(3, busy)],
    ],
    [false, 'that is busy up to the limit', times(3, { utilization: 0.9, stalledMs: 0, collectedMs: 0 })],
    [false, 'that rested for one window', [busy, { utilization: 0.5, stalledMs: 0, collectedMs: 0 }, busy]],
    [false, 'that is idle again', [...times(9, busy), { utilization: 0.1, stalledMs: 0, collectedMs: 0 }]],
    [false, 'that long blocks keep busy', times(3, { utilization: 1, stalledMs: 301, collectedMs: 0 })],
    [
      false,
      'that collections keep busy',
      [...times(2, { ...busy, collectedMs: 90 }), { ...busy, collectedMs: 121 }],
    ],
    [true, 'that collects as much as any', times(3, { ...busy, collectedMs: 100 })],
    [
      true,
      'with a few blocks between short tasks',
      times(3, { utilization: 1, stalledMs: 300, collectedMs: 0 }),
    ],
  ];
  for (const [expected, title, windows] of rows) {
    test(`${title}: ${expected}`, () => assert.equal(isSaturated(windows, saturationRule), expected));
  }
});

const own = (line: number) => aSample([`render src/page.ts:${line}:3`, `handle src/app.ts:9`]);
const foreign = aSample([aFrame('processImmediate node:internal/timers:476', { origin: 'node' })]);
const survey = (samples: readonly StackSample[], rest: Partial<Survey> = {}): Survey => ({
  startedMs: 0,
  durationMs: 2_000,
  samples,
  operations: {},
  looks: 40,
  ...rest,
});
const judge = (taken: Survey) => detectEventLoopSaturated(times(3, busy), taken, 1, saturationRule);
function find(taken: Survey) {
  const finding = judge(taken);
  return typeof finding === 'string' ? assert.fail(`expected a finding, got ${finding}`) : finding;
}

describe('the cause', () => {
  const rows: readonly [string, string, Survey][] = [
    ['javascript', 'code of the service in most stacks', survey(times(20, own(1)))],
    [
      'javascript',
      'code of the service in half of them',
      survey([...times(10, own(1)), ...times(10, foreign)]),
    ],
    ['callbacks', 'code of the service in fewer', survey([...times(9, own(1)), ...times(11, foreign)])],
    ['callbacks', 'no code of the service at all', survey(times(20, foreign))],
    [
      'sync-call',
      'one synchronous call at more than half of the looks',
      survey(times(20, own(1)), { operations: { 'fs.readFileSync': 21 } }),
    ],
    [
      'javascript',
      'one synchronous call at half of the looks',
      survey(times(20, own(1)), { operations: { 'fs.readFileSync': 20 } }),
    ],
  ];
  for (const [cause, title, taken] of rows) {
    test(`is ${cause} for ${title}`, () => assert.equal(find(taken).cause, cause));
  }
});

describe('a verdict about collections', () => {
  const rows: readonly [string | undefined, string, readonly BusyWindow[]][] = [
    [
      'the loop is 95 % busy, but 20 % of the time goes into collections',
      'a busy loop',
      times(3, { ...busy, collectedMs: 200 }),
    ],
    [undefined, 'a loop that has time left', times(3, { ...busy, utilization: 0.8, collectedMs: 200 })],
    [undefined, 'a loop that hardly collects', times(3, busy)],
    [undefined, 'a loop that nobody has looked at', []],
  ];
  for (const [because, title, windows] of rows) {
    test(`has ${because === undefined ? 'no word' : 'the reason'} against the saturation of ${title}`, () => {
      assert.equal(ruleOutSaturated(windows, saturationRule)?.because, because);
    });
  }
});

describe('says', () => {
  test('which function is to blame, and which lines with what share', () => {
    const { title, culprit } = find(survey([...times(6, own(1)), ...times(3, own(2)), foreign]));
    assert.equal(title, 'Event loop 95 % busy with short tasks, 90 % of it in render (src/page.ts:1)');
    assert.deepEqual(
      culprit?.lines?.map(({ line, share }) => [line, share]),
      [
        [1, 0.6],
        [2, 0.3],
      ],
    );
  });

  test('the largest line when no function has the majority', () => {
    const many = [1, 1, 2, 3, 4, 5, 6, 7].map((id) => aSample([`handler${id} src/h${id}.ts:${id}:1`]));
    const { culprit } = find(survey(many));
    assert.deepEqual([culprit?.function, culprit?.share], ['handler1', 0.25]);
    assert.equal(culprit?.lines?.length, 5);
  });

  test('nothing while the stacks are too few, and nothing about an idle loop', () => {
    assert.equal(judge(survey(times(7, own(1)))), 'unknown');
    const idle = times(3, { utilization: 0.2, stalledMs: 0, collectedMs: 0 });
    assert.equal(detectEventLoopSaturated(idle, survey(times(20, own(1))), 1, saturationRule), 'quiet');
  });
});
