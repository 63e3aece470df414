import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Agent, Pool } from 'undici';
import { countOf } from '../../../harness/fake-pool.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, watchInTest } from '../../../harness/watched-pool.js';

/** A server that answers each request when it is told to, and a watched pool of two connections to it. */
async function start(t: TestContext) {
  const waiting: ServerResponse[] = [];
  const server: Server = createServer((_request, response) => void waiting.push(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 2 });
  t.after(async () => {
    await pool.destroy();
    server.closeAllConnections();
    server.close();
  });
  const ask = async () => {
    const { body } = await pool.request({ path: '/', method: 'GET' });
    return body;
  };
  const watched = watchInTest(t, pool);
  const answerAll = (): void => {
    for (const response of waiting.splice(0)) response.end('done');
  };
  return { pool, port, watched, waiting, ask, answerAll };
}

test('counts connections at work, idle ones, requests that wait and the most connections', async (t) => {
  const { port, watched, waiting, ask, answerAll } = await start(t);
  const asked = [ask(), ask(), ask()];
  await until('two are with the server', () => waiting.length === 2);
  const { library, kind, target } = watched.read();
  assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
  assert.deepEqual([library, kind, target], ['undici', 'http', `127.0.0.1:${port}`]);
  answerAll();
  await until('the third is with the server', () => waiting.length === 1);
  answerAll();
  for (const body of asked) await (await body).text();
  await until('both are idle', () => watched.read().idleCount === 2);
  assert.deepEqual(countsOf(watched.read()), [0, 2, 0, 2]);
  assert.equal(watched.read().asked, 3);
});

test('tells how long a request has its connection, and whether the answer has come', async (t) => {
  const { watched, waiting, ask, answerAll } = await start(t);
  const asked = ask();
  await until('the server has it', () => waiting.length === 1);
  assert.deepEqual(
    watched.read().held.map(({ querying }) => querying),
    [true],
  );
  await pause(120);
  waiting[0]?.write('the beginning');
  const body = await asked;
  assert.deepEqual(
    watched.read().held.map(({ querying }) => querying),
    [false],
  );
  answerAll();
  await body.text();
  const { useTime, held } = watched.read();
  assert.deepEqual([countOf(useTime), held], [1, []]);
  assert.ok(useTime.sum >= 0.1, `${useTime.sum} s`);
});

test('tells a connection that is being opened from one at work', async (t) => {
  const { watched, ask, answerAll, waiting } = await start(t);
  const asked = ask();
  assert.deepEqual([watched.read().usedCount, watched.read().openingCount], [1, 1]);
  await until('the server has it', () => waiting.length === 1);
  assert.deepEqual([watched.read().usedCount, watched.read().openingCount], [1, 0]);
  answerAll();
  await (await asked).text();
});

test('keeps two pools for one server apart', async (t) => {
  const { pool, port, watched, ask, answerAll, waiting } = await start(t);
  const other = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  t.after(() => other.destroy());
  const otherWatched = watchInTest(t, other);
  const asked = ask();
  await until('the server has it', () => waiting.length === 1);
  assert.deepEqual([watched.read().held.length, otherWatched.read().held.length], [1, 0]);
  answerAll();
  await (await asked).text();
  assert.equal(pool.destroyed, false);
});

test('counts all origins of an Agent together', async (t) => {
  const { port, waiting, answerAll } = await start(t);
  const agent = new Agent({ connections: 2 });
  t.after(() => agent.destroy());
  const watched = watchInTest(t, agent);
  const origin = `http://127.0.0.1:${port}`;
  const asked = [1, 2, 3].map(() => agent.request({ origin, path: '/', method: 'GET' }));
  await until('two are with the server', () => waiting.length === 2);
  assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
  assert.equal(watched.read().held.length, 2);
  answerAll();
  await until('the third is with the server', () => waiting.length === 1);
  answerAll();
  for (const answer of asked) await (await answer).body.text();
  await until('both are idle', () => watched.read().idleCount === 2);
  assert.deepEqual(countsOf(watched.read()), [0, 2, 0, 2]);
  await agent.destroy();
  assert.throws(() => watched.read(), /not watched/);
});

test('forgets a request that is given up', async (t) => {
  const { pool, watched, waiting } = await start(t);
  const controller = new AbortController();
  const asked = pool.request({ path: '/', method: 'GET', signal: controller.signal });
  await until('the server has it', () => waiting.length === 1);
  controller.abort();
  await assert.rejects(asked, { name: 'AbortError' });
  await until('nobody holds a connection', () => watched.read().held.length === 0);
});

test('is let go of once the pool is destroyed, and leaves no listener when the watch ends', async (t) => {
  const { pool, watched } = await start(t);
  const before = pool.listenerCount('connect');
  watched.stop();
  assert.equal(pool.listenerCount('connect'), before - 1);
  const destroyed = watchInTest(t, pool);
  await pool.destroy();
  assert.throws(() => destroyed.read(), /not watched/);
});
