import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { Cluster, Redis } from 'ioredis';
import { startRedis, whyNoRedis } from '../../../harness/redis.js';
import { freePort } from '../../../harness/server-process.js';
import { countsOf, watchInTest } from '../../../harness/watched-pool.js';

const skip = whyNoRedis();

function open(t: TestContext, port: number): Redis {
  const client = new Redis({ host: '127.0.0.1', port, password: 'secret', retryStrategy: () => 50 });
  client.on('error', () => {});
  t.after(() => client.disconnect());
  return client;
}

test('a client of ioredis is one connection, which commands wait for only while it is not there', {
  skip,
}, async (t) => {
  const port = await freePort();
  const client = open(t, port);
  client.options.maxRetriesPerRequest = null;
  const watched = watchInTest(t, client);
  const commands = [client.ping(), client.ping()];
  const reading = watched.read();
  assert.deepEqual([...countsOf(reading), reading.openingCount], [1, 0, 2, 1, 1]);
  assert.deepEqual(
    [reading.target, reading.library, reading.kind],
    [`127.0.0.1:${port}`, 'ioredis', 'database'],
  );
  const server = await startRedis(port);
  t.after(() => server.close());
  await Promise.all(commands);
  assert.deepEqual(countsOf(watched.read()), [0, 1, 0, 1]);
  server.pause();
  const unanswered = client.ping();
  assert.deepEqual(countsOf(watched.read()), [0, 1, 0, 1]);
  server.resume();
  await unanswered;
});

test('a client of ioredis is left without a listener when the watch ends, and let go of when it has ended', {
  skip,
}, async (t) => {
  const server = await startRedis();
  t.after(() => server.close());
  const client = open(t, server.port);
  const listeners = client.listenerCount('ready');
  const first = watchInTest(t, client);
  assert.equal(client.listenerCount('ready'), listeners + 1);
  first.stop();
  assert.equal(client.listenerCount('ready'), listeners);
  const second = watchInTest(t, client);
  await client.ping();
  client.disconnect();
  await once(client, 'end');
  assert.throws(() => second.read(), /not watched/);
});

test('a cluster of ioredis has a connection for each node, and a queue until it knows them', {
  skip,
}, async (t) => {
  const server = await startRedis(undefined, {
    'cluster-enabled': 'yes',
    'cluster-announce-ip': '127.0.0.1',
  });
  t.after(() => server.close());
  const cluster = new Cluster([{ host: '127.0.0.1', port: server.port }], {
    clusterRetryStrategy: () => 50,
    slotsRefreshTimeout: 5_000,
  });
  cluster.on('error', () => {});
  t.after(() => cluster.disconnect());
  const watched = watchInTest(t, cluster);
  const command = cluster.ping();
  const { pendingCount, maxCount, openingCount, target } = watched.read();
  assert.deepEqual([pendingCount, maxCount, openingCount, target], [1, null, 1, 'ioredis:cluster']);
  const node = open(t, server.port);
  await node.cluster('ADDSLOTSRANGE', 0, 16_383);
  await command;
  const reading = watched.read();
  assert.deepEqual([reading.usedCount, reading.pendingCount, reading.openingCount], [0, 0, 0]);
  assert.ok(reading.idleCount >= 1);
});
