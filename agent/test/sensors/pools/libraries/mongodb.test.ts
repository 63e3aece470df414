import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { startFakeMongoDb } from '../../../harness/fake-mongodb.js';
import { countOf } from '../../../harness/fake-pool.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, watchInTest } from '../../../harness/watched-pool.js';

/** The driver's client of a server that answers when it is told to, with two connections. */
async function start(t: TestContext, options: MongoClientOptions = {}) {
  const server = await startFakeMongoDb(t);
  const client = new MongoClient(`mongodb://127.0.0.1:${server.port}/shop`, { maxPoolSize: 2, ...options });
  const watched = watchInTest(t, client);
  await client.connect();
  t.after(() => client.close(true));
  const ping = async () => await client.db().command({ ping: 1 });
  return { client, server, watched, ping };
}

test('counts what is out, what is idle, who waits and the most there may be', async (t) => {
  const { server, watched, ping } = await start(t);
  const pings = [ping(), ping(), ping()];
  await until('two are with the server', () => server.waiting() === 2);
  const { target, library, kind } = watched.read();
  assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
  assert.deepEqual([target, library, kind], [`127.0.0.1:${server.port}/shop`, 'mongodb', 'database']);
  server.answerAll();
  await until('the third is with the server', () => server.waiting() === 1);
  server.answerAll();
  await Promise.all(pings);
  assert.deepEqual(countsOf(watched.read()), [0, 2, 0, 2]);
});

test('tells how long callers waited, kept a connection, and how long a new one took', async (t) => {
  const { server, watched, ping } = await start(t, { maxPoolSize: 1 });
  const pings = [ping(), ping()];
  await until('one is with the server', () => server.waiting() === 1);
  await pause(120);
  server.answerAll();
  await until('the other is with the server', () => server.waiting() === 1);
  server.answerAll();
  await Promise.all(pings);
  const { waitTime, useTime, createTime, asked } = watched.read();
  assert.ok(asked >= 2, `${asked}`);
  assert.equal(countOf(waitTime), asked);
  assert.ok(waitTime.sum >= 0.1, `${waitTime.sum} s`);
  assert.ok(useTime.sum >= 0.1, `${useTime.sum} s`);
  assert.ok(countOf(createTime) >= 1);
});

test('names the line that asked, and that a command runs', async (t) => {
  const { client, server, watched } = await start(t);
  const askForReport = async () => await client.db().collection('products').findOne({ id: 1 });
  const asked = askForReport();
  await until('it is old enough to be told', () => (watched.read().held[0]?.frames.length ?? 0) > 0);
  const [held] = watched.read().held;
  assert.equal(held?.querying, true);
  assert.ok(held.frames.some(([name, file]) => name === 'askForReport' && file === import.meta.url));
  server.answerAll();
  await asked;
  assert.deepEqual(watched.read().held, []);
});

test('counts callers who give up, and they are told so as ever', async (t) => {
  const { server, watched, ping } = await start(t, { maxPoolSize: 1, waitQueueTimeoutMS: 100 });
  const first = ping();
  await until('it is with the server', () => server.waiting() === 1);
  await assert.rejects(ping(), { name: 'MongoWaitQueueTimeoutError' });
  assert.equal(watched.read().timeouts, 1);
  server.answerAll();
  await first;
});

test('is let go of once the client is closed, and leaves no listener', async (t) => {
  const { client, server, watched, ping } = await start(t);
  const asked = ping();
  await until('it is with the server', () => server.waiting() === 1);
  server.answerAll();
  await asked;
  await client.close();
  assert.throws(() => watched.read(), /not watched/);
  assert.equal(client.listenerCount('connectionCheckedOut'), 0);
});
