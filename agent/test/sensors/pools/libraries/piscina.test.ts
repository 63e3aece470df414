import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Piscina } from 'piscina';
import { countOf } from '../../../harness/fake-pool.js';
import { makeDirectory, removeDirectory } from '../../../harness/temporary-directory.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, watchInTest } from '../../../harness/watched-pool.js';

/** A pool of two threads whose tasks sleep for as many ms as they are told. Both have started: a thread that is ended while
 *  it starts may fail in ways of its own. */
async function start(t: TestContext) {
  const directory = makeDirectory();
  const filename = join(directory, 'sleep.cjs');
  writeFileSync(filename, 'module.exports = (ms) => new Promise((resolve) => setTimeout(resolve, ms));');
  const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 });
  pool.on('error', () => {});
  t.after(async () => {
    await pool.destroy();
    removeDirectory(directory);
  });
  const watched = watchInTest(t, pool);
  await until('both threads have started', () => watched.read().idleCount === 2);
  return { pool, watched };
}

test('counts threads that work, those that rest, tasks that wait and the most threads', async (t) => {
  const { pool, watched } = await start(t);
  const tasks = [1, 2, 3, 4, 5].map(() => pool.run(300));
  await until('both threads work', () => countsOf(watched.read()).join() === '2,0,3,2');
  await Promise.all(tasks);
  await until('none works', () => watched.read().usedCount === 0);
  const { pendingCount, library, kind, asked } = watched.read();
  assert.deepEqual([pendingCount, library, kind], [0, 'piscina', 'threads']);
  assert.ok(asked >= 5, `${asked}`);
});

test('tells of the mean times of tasks, each task once', async (t) => {
  const { pool, watched } = await start(t);
  const tasks = [1, 2, 3, 4].map(() => pool.run(100));
  await Promise.all(tasks);
  await until('all are told', () => countOf(watched.read().useTime) === 4);
  const { useTime, waitTime } = watched.read();
  assert.ok(useTime.sum >= 0.3, `${useTime.sum} s`);
  // Two of them had to wait for the others.
  assert.ok(waitTime.sum >= 0.15, `${waitTime.sum} s`);
  assert.equal(countOf(watched.read().useTime), 4);
});

test('sees that the queue has ended between two readings', async (t) => {
  const { pool, watched } = await start(t);
  const burst = () => [1, 2, 3, 4].map(() => pool.run(30));
  const first = burst();
  await until('some wait', () => watched.read().pendingCount > 0);
  await Promise.all(first);
  await pause(1);
  const second = burst();
  assert.equal(watched.read().pendingMinCount, 0);
  await Promise.all(second);
});

test('is let go of once the pool is closed, and leaves no listener when the watch ends', async (t) => {
  const { pool, watched } = await start(t);
  await pool.run(1);
  const before = pool.eventNames();
  watched.stop();
  assert.deepEqual([before.length > 1, pool.eventNames()], [true, ['error']]);
  const closed = watchInTest(t, pool);
  await pool.close();
  assert.throws(() => closed.read(), /not watched/);
});
