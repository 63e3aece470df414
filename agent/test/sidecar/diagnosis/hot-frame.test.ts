import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StackSample } from '../../../src/protocol/stack.js';
import { findHotFrame, showFrame } from '../../../src/sidecar/diagnosis/hot-frame.js';
import { aFrame, aSample } from '../../harness/make.js';

const main = 'main src/main.ts:5';
const node = aFrame('emit node:events:10', { origin: 'node' });
const library = aFrame('render node_modules/view/index.js:7', { origin: 'dependency' });
const agent = aFrame('probe dist/src/sensors/probe.js:20', { origin: 'agent' });
const queue = aFrame('process.processTicksAndRejections node:internal/process/task_queues:95', {
  origin: 'node',
});
const caller = aFrame('handler src/routes.ts:8', { async: true });

const times = (count: number, sample: StackSample): StackSample[] =>
  Array.from({ length: count }, () => sample);

describe('names', () => {
  const named: readonly [string, readonly StackSample[], string][] = [
    ['the innermost own frame of a single sample', [aSample(['inner src/a.ts:3', main])], 'inner src/a.ts:3'],
    [
      'own code below a library that computes for it',
      [aSample([library, node, 'report src/a.ts:9', main])],
      'report src/a.ts:9',
    ],
    [
      'the loop, not the helpers that it calls in turn',
      ['one', 'two', 'three', 'four'].map((helper, index) =>
        aSample([`${helper} src/helpers.ts:${index}`, 'loop src/a.ts:20', main]),
      ),
      'loop src/a.ts:20',
    ],
    [
      'the helper that most samples are in',
      [
        ...times(6, aSample(['format src/a.ts:2', 'loop src/a.ts:20', main])),
        ...times(4, aSample(['loop src/a.ts:21', main])),
      ],
      'format src/a.ts:2',
    ],
    [
      'the line of the function that most samples are at',
      [...times(2, aSample(['loop src/a.ts:20', main])), ...times(3, aSample(['loop src/a.ts:22', main]))],
      'loop src/a.ts:22',
    ],
    [
      'the innermost call of a function that calls itself',
      [aSample(['walk src/a.ts:4', 'walk src/a.ts:9', 'walk src/a.ts:9', main])],
      'walk src/a.ts:4',
    ],
    [
      'the innermost of two functions that call each other',
      [aSample(['walk src/a.ts:4', 'visit src/a.ts:6', 'walk src/a.ts:9', main])],
      'walk src/a.ts:4',
    ],
    [
      'the outer function when its helper is on exactly half of the stacks',
      [
        ...times(2, aSample(['helper src/a.ts:2', 'loop src/a.ts:20', main])),
        ...times(2, aSample(['loop src/a.ts:20', main])),
      ],
      'loop src/a.ts:20',
    ],
    [
      'who runs, whatever was seen between two tasks',
      [aSample(['poll src/a.ts:3', queue]), aSample([queue]), aSample([queue]), aSample([])],
      'poll src/a.ts:3',
    ],
    [
      'who awaits what runs, when only foreign code does',
      [aSample([library, caller]), aSample([node, caller]), aSample([library])],
      'handler src/routes.ts:8',
    ],
    [
      'who runs rather than who awaits, however seldom it is seen',
      [aSample(['inner src/a.ts:3', caller])],
      'inner src/a.ts:3',
    ],
  ];
  for (const [title, samples, expected] of named) {
    test(title, () => {
      const culprit = findHotFrame(samples)?.culprit;
      assert.equal(`${culprit?.function} ${culprit?.file}:${culprit?.line}`, expected);
    });
  }
});

describe('weighs each stack by the time that it stands for', () => {
  const at = (askedMs: number, answerMs: number, ...frames: string[]): StackSample =>
    aSample(frames, { askedMs, answerMs });
  const weighed: readonly [string, readonly StackSample[], string][] = [
    [
      'one that was waited for outweighs a later one that came at once',
      [at(1_000, 120, 'load src/a.ts:3', main), at(1_130, 2, main)],
      'load src/a.ts:3',
    ],
    [
      'many close together are outweighed by a few that stand further apart',
      [
        ...[0, 6, 12, 18].map((ms) => at(1_000 + ms, 1, 'first src/a.ts:3', main)),
        ...[200, 400].map((ms) => at(1_000 + ms, 1, 'second src/a.ts:4', main)),
      ],
      'second src/a.ts:4',
    ],
    [
      'its line is the one that was there longest',
      [
        at(1_000, 1, 'load src/a.ts:3'),
        at(1_010, 1, 'load src/a.ts:3'),
        at(1_020, 1, 'load src/a.ts:3'),
        at(1_200, 1, 'load src/a.ts:4'),
      ],
      'load src/a.ts:4',
    ],
    [
      'the time between two stalls is nobody',
      [at(1_000, 5, 'one src/a.ts:3', main), at(1_010, 5, 'one src/a.ts:3', main), at(9_000, 12, main)],
      'one src/a.ts:3',
    ],
  ];
  for (const [title, samples, expected] of weighed) {
    test(title, () => {
      const culprit = findHotFrame(samples)?.culprit;
      assert.equal(`${culprit?.function} ${culprit?.file}:${culprit?.line}`, expected);
    });
  }

  test('unless the one who asks knows better', () => {
    const samples = [at(1_000, 500, 'load src/a.ts:3', main), at(1_600, 1, main), at(1_700, 1, main)];
    assert.equal(findHotFrame(samples, [1, 1, 1])?.culprit.function, 'main');
  });
});

test('keeps the culprit on a stack that goes deep into a library, with what runs on top of it', () => {
  const inside = Array.from({ length: 40 }, (_, index) =>
    aFrame(`inner${index} node_modules/view/index.js:${index + 1}:1`, { origin: 'dependency' }),
  );
  const culprit = findHotFrame([aSample([node, ...inside, 'report src/a.ts:9:3', main])])?.culprit;
  assert.equal(culprit?.stack.length, 32);
  assert.deepEqual(
    [culprit?.stack[0], culprit?.stack[1], culprit?.stack.at(-1)],
    ['emit (node:events:10:1)', 'inner0 (node_modules/view/index.js:1:1)', 'report (src/a.ts:9:3)'],
  );
});

describe('names nobody', () => {
  const nameless: readonly [string, readonly StackSample[]][] = [
    ['without samples', []],
    ['when no sample has a frame', [aSample([])]],
    ['when all code belongs to Node, libraries or the agent', [aSample([agent, node, library])]],
    ['when own code awaits on half of the stacks only', [aSample([library, caller]), aSample([library])]],
    [
      'when own code runs too seldom, though it awaits always',
      [aSample([main, caller]), aSample([library, caller]), aSample([library, caller])],
    ],
    ['when nothing was seen but the way from task to task', [aSample([queue]), aSample([])]],
    [
      'when two functions share the samples equally',
      [aSample(['one src/a.ts:1']), aSample(['two src/a.ts:2'])],
    ],
    ['when own code is on one stack of three', [aSample([main]), aSample([node]), aSample([library])]],
    [
      'when functions of the same name in two files share the samples',
      [aSample(['run src/a.ts:1']), aSample(['run src/b.ts:1'])],
    ],
  ];
  for (const [title, samples] of nameless) test(title, () => assert.equal(findHotFrame(samples), null));
});

test('tells the shares of the function and of its line', () => {
  const samples = [
    ...times(3, aSample(['loop src/a.ts:20', main])),
    ...times(1, aSample(['loop src/a.ts:21', main])),
    ...times(1, aSample([node])),
  ];
  const hot = findHotFrame(samples);
  assert.equal(hot?.functionShare, 0.8);
  assert.deepEqual([hot?.culprit.share, hot?.culprit.samples], [0.6, 5]);
});

test('stacks between two tasks lower the share', () => {
  const hot = findHotFrame([aSample(['poll src/a.ts:3', queue]), ...times(3, aSample([queue]))]);
  assert.deepEqual([hot?.functionShare, hot?.culprit.share, hot?.culprit.samples], [0.25, 0.25, 4]);
});

test('shows a stack of that line as V8 writes it, without the agent, 32 frames long at the most', () => {
  const deep = Array.from({ length: 40 }, (_, index) => `f${index} src/deep.ts:${index + 1}:3`);
  const short = findHotFrame([aSample([agent, 'inner src/a.ts:3:9', library, caller])]);
  assert.deepEqual(short?.culprit.stack, [
    'inner (src/a.ts:3:9)',
    'render (node_modules/view/index.js:7:1)',
    'async handler (src/routes.ts:8:1)',
  ]);
  assert.equal(findHotFrame([aSample(deep)])?.culprit.stack.length, 32);
});

test('showFrame marks callers that await, and code without a file', () => {
  assert.equal(showFrame(caller), 'async handler (src/routes.ts:8:1)');
  assert.equal(showFrame({ ...aFrame('parse x:1'), file: '' }), 'parse (native)');
});
