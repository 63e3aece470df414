import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import genericPool from 'generic-pool';
import { countOf } from '../../../harness/fake-pool.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, servedRequest, watchInTest } from '../../../harness/watched-pool.js';

function start(t: TestContext, options: Parameters<typeof genericPool.createPool>[1] = {}) {
  const factory = { create: async () => ({ made: true }), destroy: async () => {} };
  const pool = genericPool.createPool(factory, { max: 2, ...options });
  return { pool, watched: watchInTest(t, pool) };
}

test('counts what is out, what is idle, who waits and the most there may be', async (t) => {
  const { pool, watched } = start(t);
  const first = await pool.acquire();
  const second = await pool.acquire();
  const third = pool.acquire();
  assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
  pool.release(first);
  pool.release(await third);
  pool.release(second);
  await until('both are idle', () => watched.read().idleCount === 2);
  assert.deepEqual(countsOf(watched.read()), [0, 2, 0, 2]);
  const { library, kind, asked } = watched.read();
  assert.deepEqual([library, kind, asked], ['generic-pool', 'other', 3]);
});

test('tells how long callers waited, and how long they kept what they got', async (t) => {
  const { pool, watched } = start(t, { max: 1 });
  const first = await pool.acquire();
  const second = pool.acquire();
  await pause(120);
  pool.release(first);
  await pool.destroy(await second);
  const { waitTime, useTime } = watched.read();
  assert.deepEqual([countOf(waitTime), countOf(useTime)], [2, 2]);
  assert.ok(waitTime.sum >= 0.1, `${waitTime.sum} s`);
  assert.ok(useTime.sum >= 0.1, `${useTime.sum} s`);
});

test('names the line that holds a resource, and its request', async (t) => {
  const { pool, watched } = start(t);
  const takeForReport = async () => await pool.acquire();
  const resource = await takeForReport();
  await until('it is old enough to be told', () => (watched.read().held[0]?.frames.length ?? 0) > 0);
  const [held] = watched.read().held;
  assert.deepEqual([held?.frames[0]?.[0], held?.frames[0]?.[1]], ['takeForReport', import.meta.url]);
  assert.deepEqual([held?.request, held?.querying], [servedRequest, null]);
  pool.release(resource);
  assert.deepEqual(watched.read().held, []);
});

test('counts callers who give up, and they are told so as ever', async (t) => {
  const { pool, watched } = start(t, { max: 1, acquireTimeoutMillis: 50 });
  const only = await pool.acquire();
  await assert.rejects(async () => await pool.acquire(), { name: 'TimeoutError' });
  assert.equal(watched.read().timeouts, 1);
  assert.ok(watched.told.includes('timeout main'));
  pool.release(only);
});

test('sees a resource that is out come back through use()', async (t) => {
  const { pool, watched } = start(t);
  await pool.use(async () => assert.equal(watched.read().held.length, 1));
  assert.deepEqual([watched.read().held, countOf(watched.read().useTime)], [[], 1]);
});

test('is let go of once the pool is drained, and has its own methods again when the watch ends', async (t) => {
  const { pool, watched } = start(t);
  pool.release(await pool.acquire());
  assert.ok(Object.hasOwn(pool, 'acquire'));
  watched.stop();
  assert.deepEqual(
    ['acquire', 'release', 'destroy'].map((method) => Object.hasOwn(pool, method)),
    [false, false, false],
  );
  const drained = watchInTest(t, pool);
  await pool.drain();
  await pool.clear();
  assert.throws(() => drained.read(), /not watched/);
});
