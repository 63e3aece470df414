import assert from 'node:assert/strict';
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { countOf } from '../../../harness/fake-pool.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, servedRequest, watchInTest } from '../../../harness/watched-pool.js';

/** A server that answers each request when it is told to, and a watched agent of two sockets. */
async function start(t: TestContext) {
  const waiting: ServerResponse[] = [];
  const server: Server = createServer((_request, response) => void waiting.push(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  t.after(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  const ask = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent }, resolve).on('error', reject);
    });
  const answerAll = (): void => {
    for (const response of waiting.splice(0)) response.end('done');
  };
  return { agent, port, watched: watchInTest(t, agent), waiting, ask, answerAll };
}
const readAll = async (answer: IncomingMessage): Promise<void> => {
  for await (const _ of answer);
};

test('counts sockets at work, idle ones, requests that wait and the most sockets', async (t) => {
  const { port, watched, waiting, ask, answerAll } = await start(t);
  const asked = [ask(), ask(), ask()].map(async (answer) => readAll(await answer));
  await until('two are with the server', () => waiting.length === 2);
  const { library, kind, target } = watched.read();
  assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
  assert.deepEqual([library, kind, target], ['http.Agent', 'http', `127.0.0.1:${port}`]);
  answerAll();
  await until('the third is with the server', () => waiting.length === 1);
  answerAll();
  await Promise.all(asked);
  await until('all sockets are idle', () => watched.read().usedCount === 0);
  const { idleCount, pendingCount, asked: askedCount } = watched.read();
  assert.deepEqual([idleCount > 0, pendingCount, askedCount], [true, 0, 3]);
});

test('tells how long a request has its socket, and whether anybody reads the answer', async (t) => {
  const { watched, waiting, ask, answerAll } = await start(t);
  const asked = ask();
  await until('the server has it', () => waiting.length === 1);
  assert.deepEqual(
    watched.read().held.map(({ querying }) => querying),
    [true],
  );
  await pause(120);
  answerAll();
  const answer = await asked;
  assert.deepEqual(
    watched.read().held.map(({ querying }) => querying),
    [false],
  );
  await readAll(answer);
  await until('the socket is free', () => countOf(watched.read().useTime) === 1);
  assert.deepEqual(watched.read().held, []);
  assert.ok(watched.read().useTime.sum >= 0.1);
});

test('names the line that asks, and how long it waited for a socket', async (t) => {
  const { watched, waiting, ask, answerAll } = await start(t);
  const asked = [ask(), ask(), ask()].map(async (answer) => readAll(await answer));
  await until('two are old enough to be told', () =>
    watched.read().held.every(({ ageMs }) => ageMs > 300) ? waiting.length === 2 : false,
  );
  const [held] = watched.read().held;
  assert.ok(held?.frames.some(([, file]) => file === import.meta.url));
  assert.deepEqual(held?.request, servedRequest);
  answerAll();
  await until('the third is with the server', () => waiting.length === 1);
  answerAll();
  await Promise.all(asked);
  const { waitTime } = watched.read();
  assert.equal(countOf(waitTime), 3);
  assert.ok(waitTime.sum >= 0.25, `${waitTime.sum} s`);
});

test('follows only the requests of its own agent, and none after the watch has ended', async (t) => {
  const { watched, port, waiting, ask, answerAll } = await start(t);
  const other = new Agent({ keepAlive: true });
  t.after(() => other.destroy());
  const asked = new Promise<IncomingMessage>((resolve) => {
    get({ host: '127.0.0.1', port, agent: other }, resolve);
  });
  await until('the server has it', () => waiting.length === 1);
  assert.deepEqual(countsOf(watched.read()).slice(0, 3), [0, 0, 0]);
  answerAll();
  await readAll(await asked);
  watched.stop();
  const own = ask();
  await until('the server has it', () => waiting.length === 1);
  answerAll();
  await readAll(await own);
  assert.deepEqual(watched.told, []);
});
