import assert from 'node:assert/strict';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createTaskTurns } from '../../src/sensors/task-turns.js';
import { runChild } from '../harness/child.js';

const sensorUrl = new URL('../../src/sensors/task-turns.js', import.meta.url).href;
const counts = ({ look }: ReturnType<typeof createTaskTurns>): readonly number[] => {
  const { microtasks, ticks } = look();
  return [microtasks, ticks];
};

describe('a look tells', () => {
  test('nothing new within the same task, however often it is taken', async () => {
    const turns = createTaskTurns();
    for (let look = 0; look < 1_000; look += 1) assert.deepEqual(counts(turns), [0, 0]);
    await turn();
    assert.deepEqual(counts(turns), [1, 1], 'more than one mark was waiting');
  });

  test('that a microtask has run, while the queue of microtasks is not empty', async () => {
    const turns = createTaskTurns();
    const seen: (readonly number[])[] = [];
    for (let job = 0; job < 3; job += 1) {
      seen.push(counts(turns));
      await null;
      await null;
    }
    assert.deepEqual(seen, [
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    await turn();
    assert.deepEqual(counts(turns), [3, 1], 'more than one tick was waiting');
  });

  test('that neither has run while ticks queue ticks, and another id in each', async () => {
    const turns = createTaskTurns();
    const seen: (readonly number[])[] = [];
    const ids = new Set<number>();
    await new Promise<void>((resolve) => {
      const tick = (left: number): void => {
        seen.push(counts(turns));
        ids.add(turns.look().executionId);
        if (left === 0) resolve();
        else process.nextTick(tick, left - 1);
      };
      process.nextTick(tick, 3);
    });
    assert.deepEqual(seen, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    assert.equal(ids.size, 4);
  });

  test('how long the round took, from the first look to the tick', async () => {
    const turns = createTaskTurns();
    assert.equal(turns.look().roundMs, null);
    const beganMs = performance.now();
    while (performance.now() - beganMs < 20);
    turns.look();
    await turn();
    const { roundMs } = turns.look();
    assert.ok(roundMs !== null && roundMs >= 20 && roundMs <= performance.now() - beganMs, String(roundMs));
  });
});

/** Types of the async resources that `work` makes. */
function resourcesOf(work: () => void): string[] {
  const types: string[] = [];
  const hook = createHook({ init: (_id, type) => void types.push(type) }).enable();
  try {
    work();
  } finally {
    hook.disable();
  }
  return types;
}

describe('leaves the host alone', () => {
  test('a look makes no async resource', () => {
    const turns = createTaskTurns();
    assert.deepEqual(
      resourcesOf(() => void turns.look()),
      [],
    );
    assert.deepEqual(
      resourcesOf(() => process.nextTick(() => {})),
      ['TickObject'],
    );
  });

  test('what runs later does not hold the store of the request that was looked at', async (t) => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const turns = createTaskTurns();
    const hook = createHook({ init: () => void seen.push(storage.getStore()) });
    storage.run('request', () => turns.look());
    hook.enable();
    t.after(() => hook.disable());
    await turn();
    hook.disable();
    assert.ok(seen.length > 0);
    assert.ok(!seen.includes('request'));
  });

  for (const [title, tamper] of [
    ['replaced promises', 'globalThis.Promise = class {}; '],
    ['then that throws', 'Promise.prototype.then = () => { throw new Error("hostile"); };'],
    ['replaced nextTick', 'process.nextTick = () => { throw new Error("hostile"); };'],
    ['replaced clock', 'performance.now = () => { throw new Error("hostile"); };'],
  ] as const) {
    test(`goes on after ${title}`, async (t) => {
      const program = `
        import { createTaskTurns } from ${JSON.stringify(sensorUrl)};
        const turns = createTaskTurns();
        ${tamper}
        turns.look();
        setTimeout(() => { turns.look(); setTimeout(() => {
          const { microtasks, ticks } = turns.look();
          console.log(microtasks, ticks);
        }, 5); }, 5);`;
      const { stdout, stderr, code } = await runChild(t, { program, flags: [] });
      assert.deepEqual([stdout, stderr, code], ['2 2\n', '', 0]);
    });
  }

  test('says nothing more, and throws nothing, where promises cannot be waited for any more', async (t) => {
    const program = `
      import { createTaskTurns } from ${JSON.stringify(sensorUrl)};
      const turns = createTaskTurns();
      setTimeout(() => {
        Object.defineProperty(Promise.prototype, 'constructor', { get() { throw new Error('hostile'); } });
        turns.look();
        setTimeout(() => { turns.look(); console.log(turns.look().microtasks); }, 5);
      }, 20);`;
    const { stdout, stderr, code } = await runChild(t, { program, flags: [] });
    assert.deepEqual([stdout, stderr, code], ['1\n', '', 0]);
  });
});
