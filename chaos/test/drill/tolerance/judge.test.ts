import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, Tolerance } from '../../../src/drill/experiment.js';
import { judge } from '../../../src/drill/tolerance/judge.js';
import { passesWithoutData } from '../../../src/drill/tolerance/no-data.js';

const answer = (status: number, body: Json = ''): Json => ({ status, headers: {}, body });
const program = (status: number | null, stdout = ''): Json => ({ status, stdout, stderr: '' });
const path = (rest: object): Tolerance => ({
  type: 'jsonpath',
  path: '$.items[*].id',
  target: 'body',
  ...rest,
});
const items = answer(200, { items: [{ id: 1 }, { id: 2 }] });

const cases: readonly (readonly [string, Tolerance, Json, boolean])[] = [
  ['a boolean that is equal', true, true, true],
  ['a boolean that differs', true, false, false],
  ['a text that is equal', 'up', 'up', true],
  ['a text against an answer', 'up', answer(200, 'up'), false],
  ['the status of an answer', 200, answer(200), true],
  ['another status', 200, answer(500), false],
  ['the exit code of a program', 0, program(0), true],
  ['a program that was killed', 0, program(null), false],
  ['a number without status', 3, 3, true],
  ['one of several statuses', [200, 204], answer(204), true],
  ['none of several statuses', [200, 204], answer(404), false],
  [
    'a regex in the body',
    { type: 'regex', pattern: '^up 1$', target: 'body' },
    answer(200, 'x\nup 1\ny'),
    true,
  ],
  [
    'a regex that does not match',
    { type: 'regex', pattern: '^up 1$', target: 'body' },
    answer(200, 'up 10'),
    false,
  ],
  ['a regex in stdout', { type: 'regex', pattern: 'done', target: 'stdout' }, program(0, 'all done'), true],
  [
    'a regex in a target that is missing',
    { type: 'regex', pattern: '.*', target: 'stdout' },
    answer(200),
    false,
  ],
  ['a path that finds something', path({}), items, true],
  ['a path that finds nothing', path({}), answer(200, {}), false],
  ['a path that finds the expected values', path({ expect: [1, 2] }), items, true],
  ['a path that finds other values', path({ expect: [1, 3] }), items, false],
  [
    'a path with one value',
    { type: 'jsonpath', path: '$.a', expect: 'x', target: 'body' },
    answer(200, { a: 'x' }),
    true,
  ],
  ['a count that is right', path({ count: 2 }), items, true],
  ['a count that is wrong', path({ count: 1 }), items, false],
  ['a count of nothing', path({ count: 0 }), answer(200, { items: [] }), true],
  ['JSON in a text', { type: 'jsonpath', path: '$.a', target: 'stdout' }, program(0, '{"a":1}'), true],
  [
    'a text that is no JSON',
    { type: 'jsonpath', path: '$.a', count: 0, target: 'stdout' },
    program(0, 'no'),
    false,
  ],
  ['a number within', { type: 'range', range: [1, 2], target: 'body' }, answer(200, 2), true],
  ['a number beyond', { type: 'range', range: [1, 2], target: 'body' }, answer(200, 2.1), false],
  ['a number in a text', { type: 'range', range: [1, 2], target: 'stdout' }, program(0, '1.5\n'), true],
  ['an empty text', { type: 'range', range: [-1, 1], target: 'stdout' }, program(0, ''), false],
];

for (const [what, tolerance, output, met] of cases) {
  test(`${met ? 'tolerates' : 'refuses'} ${what}`, async () => {
    const judgement = await judge(tolerance, output, async () => false);
    assert.equal(judgement.met, met, judgement.because);
    assert.notEqual(judgement.because, '');
  });
}

test('asks the probe of a probe tolerance', async () => {
  const tolerance: Tolerance = {
    type: 'probe',
    name: 'p',
    provider: { type: 'process', path: 'x', arguments: [], timeout: 1 },
  };
  assert.equal((await judge(tolerance, null, async () => true)).met, true);
  assert.equal((await judge(tolerance, null, async () => false)).met, false);
});

const activity = (tolerance: Tolerance) => ({
  type: 'probe' as const,
  name: 'p',
  provider: { type: 'process' as const, path: 'x', arguments: [], timeout: 1 },
  tolerance,
  background: false,
  pauses: { before: 0, after: 0 },
  secrets: [],
});

test('a probe that asks for something fails without data', async () => {
  for (const tolerance of [
    200,
    true,
    'up',
    [200],
    path({}),
    { type: 'range', range: [0, 1] },
  ] satisfies Tolerance[]) {
    assert.equal(await passesWithoutData(activity(tolerance)), null, JSON.stringify(tolerance));
  }
});

test('a probe that is content with nothing is found out', async () => {
  const content: readonly Tolerance[] = [
    path({ count: 0 }),
    { type: 'regex', pattern: '.*', target: 'body' },
    { type: 'range', range: [0, 500], target: 'status' },
    [0, 1],
  ];
  for (const tolerance of content) {
    assert.notEqual(await passesWithoutData(activity(tolerance)), null, JSON.stringify(tolerance));
  }
});
