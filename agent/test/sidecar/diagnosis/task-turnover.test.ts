import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StackSample } from '../../../src/protocol/stack.js';
import type { TaskTurn } from '../../../src/protocol/task-turn.js';
import { isMicrotasks, taskTurnover } from '../../../src/sidecar/diagnosis/task-turnover.js';
import { aFrame, aSample, aTurn } from '../../harness/make.js';

const node = (text: string) => aFrame(text, { origin: 'node' });
const queue = node('process.processTicksAndRejections node:internal/process/task_queues:95');
const immediates = node('process.processImmediate node:internal/timers:476');
const timers = node('process.processTimers node:internal/timers:514');
const scope = node('AsyncResource.runInAsyncScope node:async_hooks:206');
const work = aFrame('work src/a.ts:3');

type Frames = Parameters<typeof aSample>[0];
const look = (turn: Partial<TaskTurn> | null, frames: Frames = [work, queue]): StackSample =>
  aSample(frames, { turn: turn && aTurn(turn) });

describe('another task, and no turn of the loop', () => {
  const rows: readonly [boolean, string, StackSample, StackSample][] = [
    [false, 'nothing has moved', look({}), look({})],
    [true, 'another tick runs, and no microtask had its turn', look({}), look({ executionId: 8 })],
    [true, 'a microtask ran, and the queue was not empty since', look({}), look({ microtasks: 1 })],
    [
      true,
      'a microtask ran, wherever the stacks begin',
      look({}, [work]),
      look({ microtasks: 1 }, [work, timers]),
    ],
    [
      true,
      'both queues were emptied at once, in the middle of the queues',
      look({}),
      look({ microtasks: 1, ticks: 1, roundMs: 1 }),
    ],
    [
      false,
      'both queues were emptied, but not at once',
      look({}),
      look({ microtasks: 1, ticks: 1, roundMs: 1.1 }),
    ],
    [
      false,
      'both queues were emptied before a callback of the loop',
      look({}),
      look({ microtasks: 1, ticks: 1, roundMs: 0.1 }, [work]),
    ],
    [
      false,
      'both queues were emptied after a callback of the loop',
      look({}, [work]),
      look({ microtasks: 1, ticks: 1, roundMs: 0.1 }),
    ],
    [
      false,
      'both queues were emptied between two timers',
      look({}),
      look({ microtasks: 1, ticks: 1, roundMs: 0.1 }, [work, queue, timers]),
    ],
    [
      false,
      'both queues were emptied between two immediates',
      look({}),
      look({ microtasks: 1, ticks: 1, roundMs: 0.1 }, [work, queue, immediates]),
    ],
    [
      true,
      'another tick runs after a timer, before the next one',
      look({}, [work, queue, timers]),
      look({ executionId: 8 }, [work, queue, timers]),
    ],
    [false, 'another id, but no tick before', look({}, [work, immediates]), look({ executionId: 8 })],
    [false, 'another id, but no tick now', look({}), look({ executionId: 8 }, [work, immediates])],
    [
      false,
      'another id in a scope that the same task entered',
      look({}),
      look({ executionId: 8 }, [work, scope, queue]),
    ],
    [
      false,
      'another id after a scope that the same task had entered',
      look({}, [work, scope, queue]),
      look({ executionId: 8 }),
    ],
    [
      false,
      'another id under a function of the service that is called like the queue',
      look({}, [work, aFrame('processTicksAndRejections src/a.ts:1')]),
      look({ executionId: 8 }),
    ],
    [
      false,
      'another id, where the queue is only awaited',
      look({}, [work, { ...queue, async: true }]),
      look({ executionId: 8 }),
    ],
  ];
  for (const [expected, title, before, after] of rows) {
    test(`${expected}: ${title}`, () =>
      assert.deepEqual(taskTurnover([before, after]), { pairs: 1, changes: Number(expected) }));
  }
});

test('looks that could not be read are passed over', () => {
  assert.deepEqual(taskTurnover([look(null), look({}), look(null), look({ microtasks: 1 })]), {
    pairs: 1,
    changes: 1,
  });
  assert.deepEqual(taskTurnover([look(null), look({})]), { pairs: 0, changes: 0 });
  assert.deepEqual(taskTurnover([]), { pairs: 0, changes: 0 });
});

test('two looks between ticks are passed over, unless a microtask has run', () => {
  const between = (rest: Partial<TaskTurn> = {}) => look({ executionId: 0, ...rest }, [queue]);
  assert.deepEqual(taskTurnover([between(), between()]), { pairs: 0, changes: 0 });
  assert.deepEqual(taskTurnover([between(), between({ microtasks: 1 })]), { pairs: 1, changes: 1 });
  assert.deepEqual(taskTurnover([look({ executionId: 0 }), between()]), { pairs: 1, changes: 0 });
});

describe('a block is made of microtasks', () => {
  const rows: readonly [boolean, number, number][] = [
    [false, 0, 0],
    [false, 0, 9],
    [false, 1, 1],
    [true, 2, 2],
    [true, 2, 3],
    [false, 2, 4],
    [true, 3, 5],
    [false, 5, 10],
  ];
  for (const [expected, changes, pairs] of rows) {
    test(`${expected} for ${changes} changes in ${pairs} pairs`, () =>
      assert.equal(isMicrotasks({ pairs, changes }), expected));
  }
});
