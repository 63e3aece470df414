import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Pool } from 'tarn';
import { countOf } from '../../../harness/fake-pool.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, servedRequest, watchInTest } from '../../../harness/watched-pool.js';

function start(
  t: TestContext,
  options: { max?: number; acquireTimeoutMillis?: number; createMs?: number } = {},
) {
  const { createMs = 0, ...rest } = options;
  const pool = new Pool<{ made: boolean }>({
    create: async () => {
      await pause(createMs);
      return { made: true };
    },
    destroy() {},
    min: 0,
    max: 2,
    ...rest,
  });
  t.after(() => pool.destroy());
  return { pool, watched: watchInTest(t, pool) };
}

test('counts what is out, what is idle, who waits and the most there may be', async (t) => {
  const { pool, watched } = start(t);
  const first = await pool.acquire().promise;
  const second = await pool.acquire().promise;
  const third = pool.acquire().promise;
  assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
  pool.release(first);
  pool.release(await third);
  pool.release(second);
  assert.deepEqual(countsOf(watched.read()), [0, 2, 0, 2]);
  const { library, kind, asked } = watched.read();
  assert.deepEqual([library, kind, asked], ['tarn', 'database', 3]);
});

test('tells how long callers waited, kept a connection, and how long a new one took', async (t) => {
  const { pool, watched } = start(t, { max: 1, createMs: 60 });
  const opening = pool.acquire().promise;
  assert.deepEqual([...countsOf(watched.read()), watched.read().openingCount], [1, 0, 0, 1, 1]);
  const first = await opening;
  const second = pool.acquire().promise;
  await pause(120);
  pool.release(first);
  pool.release(await second);
  const { waitTime, useTime, createTime } = watched.read();
  assert.deepEqual([countOf(waitTime), countOf(useTime), countOf(createTime)], [2, 2, 1]);
  assert.ok(waitTime.sum >= 0.15, `${waitTime.sum} s`);
  assert.ok(useTime.sum >= 0.1, `${useTime.sum} s`);
  assert.ok(createTime.sum >= 0.05, `${createTime.sum} s`);
});

test('names the line that holds a connection, and its request', async (t) => {
  const { pool, watched } = start(t);
  const takeForReport = async () => await pool.acquire().promise;
  const connection = await takeForReport();
  await until('it is old enough to be told', () => (watched.read().held[0]?.frames.length ?? 0) > 0);
  const [held] = watched.read().held;
  assert.ok(held?.frames.some(([name, file]) => name === 'takeForReport' && file === import.meta.url));
  assert.deepEqual(held?.request, servedRequest);
  pool.release(connection);
  assert.deepEqual(watched.read().held, []);
});

test('counts callers who give up, and they are told so as ever', async (t) => {
  const { pool, watched } = start(t, { max: 1, acquireTimeoutMillis: 50 });
  const only = await pool.acquire().promise;
  await assert.rejects(pool.acquire().promise);
  assert.equal(watched.read().timeouts, 1);
  pool.release(only);
});

test('says what a connection does, and leads to, when it is one of a driver that is known', async (t) => {
  const client = { host: 'db', port: 5432, database: 'shop', _activeQuery: {}, _queryQueue: [] };
  const pool = new Pool({ create: async () => client, destroy() {}, min: 0, max: 1 });
  t.after(() => pool.destroy());
  const watched = watchInTest(t, pool);
  const connection = await pool.acquire().promise;
  assert.deepEqual([watched.read().held[0]?.querying, watched.read().target], [true, 'db:5432/shop']);
  pool.release(connection);
});

test('is let go of once the pool is destroyed, and leaves no listener when the watch ends', async (t) => {
  const { pool, watched } = start(t);
  pool.release(await pool.acquire().promise);
  watched.stop();
  const { emitter } = pool as unknown as { emitter: { eventNames(): unknown[] } };
  assert.deepEqual(emitter.eventNames(), []);
  const destroyed = watchInTest(t, pool);
  await pool.destroy();
  assert.throws(() => destroyed.read(), /not watched/);
});
