import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blameMakers, type Maker } from '../../../src/sidecar/diagnosis/makers.js';
import { aFrame } from '../../harness/make.js';

const node = aFrame('setInterval node:timers:200', { origin: 'node' });
const library = aFrame('every node_modules/cron/index.js:3', { origin: 'dependency' });
const agent = aFrame('look node_modules/@faultline/agent/dist/src/agent.js:9', { origin: 'agent' });
const views = aFrame('countView src/views.ts:17');
const retry = aFrame('retryLater src/retry.ts:9');
const handler = aFrame('handle src/app.ts:4');

describe('the line that has made most', () => {
  const rows: readonly [string, readonly Maker[], readonly [string, number, number] | null][] = [
    ['of one stack', [{ count: 7, stack: [node, views, handler] }], ['src/views.ts', 1, 7]],
    [
      'of several stacks with one line, together',
      [
        { count: 4, stack: [node, retry, handler] },
        { count: 3, stack: [node, views, handler] },
        { count: 3, stack: [node, library, views] },
      ],
      ['src/views.ts', 0.6, 10],
    ],
    ['through a library', [{ count: 2, stack: [node, library, views] }], ['src/views.ts', 1, 2]],
    ['of a library alone', [{ count: 2, stack: [node, library] }], [library.file, 1, 2]],
    [
      'beside what Node makes itself',
      [
        { count: 5, stack: [node] },
        { count: 5, stack: [node, views] },
      ],
      ['src/views.ts', 0.5, 10],
    ],
    ['of Node alone', [{ count: 9, stack: [node] }], null],
    ['of the agent, which the service has called', [{ count: 9, stack: [node, agent, handler] }], null],
    ['of nothing', [], null],
  ];
  for (const [title, makers, expected] of rows) {
    test(title, () => {
      const culprit = blameMakers(makers);
      assert.deepEqual(culprit && [culprit.file, culprit.share, culprit.samples], expected);
    });
  }

  test('is listed with those that follow it, and not where it is the only one', () => {
    assert.equal(blameMakers([{ count: 3, stack: [node, views] }])?.lines, undefined);
    const culprit = blameMakers([
      { count: 3, stack: [node, views] },
      { count: 1, stack: [node, retry] },
    ]);
    assert.deepEqual(
      culprit?.lines?.map(({ file, share }) => [file, share]),
      [
        ['src/views.ts', 0.75],
        ['src/retry.ts', 0.25],
      ],
    );
  });
});
