import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { PoolAdapter, PoolRecorder } from '../../../src/sensors/pools/adapter.js';
import { countOf } from '../../harness/fake-pool.js';
import { until } from '../../harness/wait.js';
import { countsOf, pause, servedRequest, watchInTest } from '../../harness/watched-pool.js';

/** A pool of somebody's own making, with as much of an adapter as a test needs. */
function start(t: TestContext, rest: Partial<PoolAdapter> = {}) {
  const counts = { used: 0, idle: 0, waiting: 0, max: 4 as number | null };
  let recorder: PoolRecorder | null = null;
  const adapter: PoolAdapter = {
    name: 'workers',
    kind: 'other',
    read: () => ({ ...counts }),
    observe(given) {
      recorder = given;
      return () => {
        recorder = null;
      };
    },
    ...rest,
  };
  const watched = watchInTest(t, adapter);
  return { counts, watched, recorder: () => recorder!, hasRecorder: () => recorder !== null };
}

describe('an adapter', () => {
  test('of a name, a kind and read() is enough for the counts', (t) => {
    const watched = watchInTest(t, {
      name: 'plain',
      kind: 'threads',
      read: () => ({ used: 3, idle: 1, waiting: 2, max: null }),
    });
    const { name, library, target, openingCount, timeouts, asked, held } = watched.read();
    assert.deepEqual(countsOf(watched.read()), [3, 1, 2, null]);
    assert.deepEqual([name, library, target, openingCount], ['main', 'custom', 'main', 0]);
    assert.deepEqual([timeouts, asked, held], [0, 5, []]);
  });

  test('tells times that its pool measures itself', (t) => {
    const { watched, recorder } = start(t);
    recorder().waited(0.5);
    recorder().used(2);
    recorder().created(0.1);
    recorder().timedOut();
    const { waitTime, useTime, createTime, timeouts } = watched.read();
    assert.deepEqual([waitTime.sum, useTime.sum, createTime.sum, timeouts], [0.5, 2, 0.1, 1]);
    assert.deepEqual(watched.told, ['wait main 0.5', 'use main 2', 'create main 0.1', 'timeout main']);
  });

  test('has no use for what is no time', (t) => {
    const { watched, recorder } = start(t);
    for (const value of [-1, Number.NaN, Infinity]) recorder().used(value);
    assert.equal(countOf(watched.read().useTime), 0);
  });

  test('lets who asks, holds and gives back be followed', async (t) => {
    const { watched, recorder } = start(t, { isBusy: () => true });
    const thing = {};
    const takeForReport = () => recorder().ask();
    const ask = takeForReport();
    await pause(60);
    ask.given(thing);
    ask.given({});
    ask.failed('timeout');
    await until('it is old enough to be told', () => (watched.read().held[0]?.frames.length ?? 0) > 0);
    const [held, ...others] = watched.read().held;
    assert.deepEqual(others, []);
    assert.deepEqual([held?.frames[0]?.[0], held?.querying], ['takeForReport', true]);
    assert.deepEqual(held?.request, servedRequest);
    recorder().returned(thing);
    const { waitTime, useTime, asked, timeouts } = watched.read();
    assert.deepEqual([countOf(waitTime), countOf(useTime), asked, timeouts], [1, 1, 1, 0]);
    assert.ok(waitTime.sum >= 0.05 && useTime.sum >= 0.2);
  });

  test('may hand a thing on without a word about its return', (t) => {
    const { watched, recorder } = start(t);
    const thing = {};
    recorder().taken(thing);
    recorder().taken(thing);
    assert.deepEqual([watched.read().held.length, countOf(watched.read().useTime)], [1, 1]);
  });

  test('may say that a thing is not out any more', (t) => {
    const out = new Set<object>();
    const { watched, recorder } = start(t, { isOut: (thing) => out.has(thing) });
    const thing = {};
    out.add(thing);
    recorder().taken(thing);
    assert.equal(watched.read().held.length, 1);
    out.clear();
    assert.equal(watched.read().held.length, 0);
  });

  test('may tell that its queue has become shorter between two readings', (t) => {
    const { counts, watched, recorder } = start(t);
    counts.waiting = 3;
    watched.read();
    counts.waiting = 0;
    recorder().queueChanged();
    counts.waiting = 3;
    assert.equal(watched.read().pendingMinCount, 0);
    assert.equal(watched.read().pendingMinCount, 3);
  });

  test('is told when the watch has ended, and ends it itself', (t) => {
    let ended = false;
    const { watched, hasRecorder } = start(t, { hasEnded: () => ended });
    assert.equal(watched.read().name, 'main');
    ended = true;
    assert.throws(() => watched.read(), /not watched/);
    assert.equal(hasRecorder(), false);
  });
});

describe('whatever an adapter throws', () => {
  const broken = (): never => {
    throw new Error('broken on purpose');
  };
  test('from a look at a thing costs that look', (t) => {
    const { watched, recorder } = start(t, { isBusy: broken, isOut: broken, hasEnded: broken });
    const thing = {};
    recorder().taken(thing);
    assert.equal(watched.read().held[0]?.querying, null);
  });

  test('from observe() costs what it would have told', (t) => {
    const { watched, counts } = start(t, { observe: broken });
    counts.used = 2;
    assert.equal(watched.read().usedCount, 2);
  });

  test('from read() when the watch begins is forgotten once it can be read', (t) => {
    let isBroken = true;
    const read = () => (isBroken ? broken() : { used: 1, idle: 0, waiting: 0, max: 4 });
    const { watched } = start(t, { read });
    isBroken = false;
    assert.equal(watched.read().usedCount, 1);
  });

  test('from read() does not reach who tells of a caller', (t) => {
    let isBroken = false;
    const { watched, recorder } = start(t, {
      read: () => (isBroken ? broken() : { used: 0, idle: 0, waiting: 1, max: 4 }),
    });
    watched.read();
    isBroken = true;
    recorder().ask().given({});
    recorder().returned({});
    recorder().queueChanged();
    assert.throws(() => watched.read(), /not watched/);
    isBroken = false;
    assert.equal(watched.read().pendingCount, 1);
  });
});
