import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCpuProfile } from '../../../src/sidecar/evidence/cpu-profile.js';
import { aFrame, aSample } from '../../harness/make.js';

const inner = aSample(['inner src/a.ts:5:7', 'outer src/b.ts:2:1'], { askedMs: 110 });
const outer = aSample(['outer src/b.ts:2:1'], { askedMs: 130.5 });
const profile = createCpuProfile([inner, outer, { ...inner, askedMs: 140 }], 100, 150);

test('is a tree with one root, in which every child is there once', () => {
  const ids = new Set(profile.nodes.map(({ id }) => id));
  assert.equal(ids.size, profile.nodes.length);
  const children = profile.nodes.flatMap((node) => node.children);
  assert.equal(new Set(children).size, children.length);
  assert.deepEqual(children.toSorted(), [...ids].slice(1).toSorted());
  assert.equal(profile.nodes[0]?.callFrame.functionName, '(root)');
});

test('has a frame for each function, from the outside in, with positions that count from 0', () => {
  const names = profile.nodes.map(({ callFrame }) => callFrame.functionName);
  assert.deepEqual(names, ['(root)', 'outer', 'inner']);
  assert.deepEqual(profile.nodes[2]?.callFrame, {
    functionName: 'inner',
    scriptId: '0',
    url: 'src/a.ts',
    lineNumber: 4,
    columnNumber: 6,
  });
});

test('counts a hit for each sample, at the frame that was on top', () => {
  assert.deepEqual(profile.samples, [3, 2, 3]);
  assert.deepEqual(
    profile.nodes.map(({ hitCount }) => hitCount),
    [0, 1, 2],
  );
});

test('is one function, whatever the line that it was at, and tells how often each line was on top', () => {
  const stacks = [
    ['inner src/a.ts:5', 'outer src/b.ts:2'],
    ['inner src/a.ts:9', 'outer src/b.ts:3'],
    ['outer src/b.ts:3'],
  ];
  const { nodes } = createCpuProfile(
    [...stacks, stacks[0]!].map((stack) => aSample(stack)),
    0,
    10,
  );
  assert.deepEqual(
    nodes.map(({ callFrame, positionTicks }) => [callFrame.functionName, positionTicks]),
    [
      ['(root)', []],
      ['outer', [{ line: 3, ticks: 1 }]],
      [
        'inner',
        [
          { line: 5, ticks: 2 },
          { line: 9, ticks: 1 },
        ],
      ],
    ],
  );
});

test('has times in microseconds that add up and never go back', () => {
  assert.deepEqual([profile.startTime, profile.endTime], [100_000, 150_000]);
  assert.deepEqual(profile.timeDeltas, [10_000, 20_500, 9_500]);
  const late = createCpuProfile([{ ...inner, askedMs: 50 }], 100, 90);
  assert.deepEqual([late.timeDeltas, late.endTime], [[0], 100_000]);
});

test('leaves out who awaits and what is the agent', () => {
  const rest = [
    aFrame('waiting src/c.ts:1', { async: true }),
    aFrame('probe agent/probe.js:1', { origin: 'agent' }),
  ];
  const { nodes } = createCpuProfile([aSample(['work src/a.ts:1', ...rest])], 0, 10);
  assert.deepEqual(
    nodes.map(({ callFrame }) => callFrame.functionName),
    ['(root)', 'work'],
  );
});

test('without samples is a root alone', () => {
  const { nodes, samples, timeDeltas } = createCpuProfile([], 0, 10);
  assert.deepEqual([nodes.length, samples, timeDeltas], [1, [], []]);
});
