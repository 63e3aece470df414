import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createClient, createClientPool } from 'redis';
import { countOf } from '../../../harness/fake-pool.js';
import { type RedisServer, startRedis, whyNoRedis } from '../../../harness/redis.js';
import { freePort } from '../../../harness/server-process.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, servedRequest, watchInTest } from '../../../harness/watched-pool.js';

const skip = whyNoRedis();
type PoolOptions = Parameters<typeof createClientPool>[1];

describe('a pool of node-redis', () => {
  let server: RedisServer;
  before(async () => {
    if (skip === false) server = await startRedis();
  });
  after(() => server?.close());

  async function start(t: TestContext, options: PoolOptions = {}) {
    const socket = { host: '127.0.0.1', port: server.port };
    const pool = createClientPool({ socket }, { minimum: 1, maximum: 2, ...options });
    pool.on('error', () => {});
    await pool.connect();
    t.after(() => pool.destroy());
    const watched = watchInTest(t, pool);
    /** Keeps a client until it is told not to. */
    const hold = async () => {
      let release = (): void => {};
      let isGiven = false;
      const done = pool.execute(
        () =>
          new Promise<void>((resolve) => {
            isGiven = true;
            release = resolve;
          }),
      );
      await until('the client is given', () => isGiven);
      return async () => {
        release();
        await done;
      };
    };
    return { pool, watched, hold };
  }

  test('counts what is out, what is idle and who waits, and knows its limit once somebody has hit it', {
    skip,
  }, async (t) => {
    const { pool, watched, hold } = await start(t);
    const first = await hold();
    assert.deepEqual(countsOf(watched.read()), [1, 0, 0, null]);
    const second = await hold();
    const third = pool.ping();
    assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
    await first();
    await third;
    await second();
    const { target, library, kind, asked } = watched.read();
    assert.deepEqual(countsOf(watched.read()), [0, 2, 0, 2]);
    assert.deepEqual([target, library, kind, asked], [`127.0.0.1:${server.port}`, 'redis', 'database', 3]);
  });

  test('is told how long callers waited and kept a client, and when one gives up', { skip }, async (t) => {
    const { pool, watched, hold } = await start(t, { maximum: 1, acquireTimeout: 100 });
    const release = await hold();
    await assert.rejects(pool.ping(), /Timeout waiting for a client/);
    await release();
    await pool.ping();
    const { waitTime, useTime, timeouts } = watched.read();
    assert.deepEqual([countOf(waitTime), countOf(useTime), timeouts], [2, 2, 1]);
    assert.ok(useTime.sum >= 0.08, `${useTime.sum} s`);
  });

  test('names the line that holds a client, its request, and whether a command runs', {
    skip,
  }, async (t) => {
    const { pool, watched, hold } = await start(t);
    const command = pool.blPop('nobody:pushes', 1);
    const holdForReport = async () => await hold();
    const release = await holdForReport();
    await until('both are told', () => watched.read().held.filter(({ ageMs }) => ageMs > 260).length === 2);
    const [asking, held] = watched.read().held;
    assert.ok(held?.frames.some(([, file]) => file === import.meta.url));
    assert.ok(asking?.frames.some(([, file]) => file === import.meta.url));
    assert.deepEqual([held?.request, held?.querying, asking?.querying], [servedRequest, false, true]);
    await release();
    await command;
    assert.deepEqual(watched.read().held, []);
  });

  test('tells a client that is being opened from one that is out', { skip }, async (t) => {
    const { pool, watched, hold } = await start(t);
    const release = await hold();
    server.pause();
    const second = pool.ping();
    try {
      await pause(50);
      const reading = watched.read();
      assert.deepEqual([...countsOf(reading), reading.openingCount], [2, 0, 1, null, 1]);
    } finally {
      server.resume();
    }
    await second;
    assert.deepEqual([watched.read().openingCount, watched.read().idleCount], [0, 1]);
    await release();
  });

  test('is the same one behind each of its views, throws what it throws, and is left as it came', {
    skip,
  }, async (t) => {
    const { pool, watched } = await start(t);
    await pool.withTypeMapping({}).ping();
    assert.equal(watched.read().asked, 1);
    const broken = pool.execute(() => {
      throw new Error('on purpose');
    });
    await assert.rejects(broken, { message: 'on purpose' });
    await assert.rejects(pool.lPush('a', []), Error);
    assert.equal(watched.read().usedCount, 0);
    watched.stop();
    assert.ok(!Object.hasOwn((pool as unknown as { _self: object })._self, 'execute'));
    await pool.ping();
  });

  test('is let go of when it has ended', { skip }, async (t) => {
    const { pool, watched } = await start(t);
    await pool.ping();
    await pool.close();
    assert.throws(() => watched.read(), /not watched/);
  });
});

test('a client of node-redis is one connection, which commands wait for only while it is not there', {
  skip,
}, async (t) => {
  const port = await freePort();
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 50 } });
  client.on('error', () => {});
  client.connect().catch(() => {});
  t.after(() => client.destroy());
  const watched = watchInTest(t, client);
  const commands = [
    client.ping(),
    client.multi().ping().exec(),
    client.multi().ping().ping().execAsPipeline(),
  ];
  const reading = watched.read();
  assert.deepEqual([...countsOf(reading), reading.openingCount], [1, 0, 4, 1, 1]);
  assert.deepEqual([reading.target, reading.library], [`127.0.0.1:${port}`, 'redis']);
  const server = await startRedis(port);
  t.after(() => server.close());
  await Promise.all(commands);
  // The answers come with those of the greeting.
  await until('the client is ready', () => client.isReady);
  assert.deepEqual(countsOf(watched.read()), [0, 1, 0, 1]);
  server.pause();
  const unanswered = client.ping();
  assert.deepEqual(countsOf(watched.read()), [0, 1, 0, 1]);
  server.resume();
  await unanswered;
  assert.equal(client.listenerCount('ready'), 1);
  watched.stop();
  assert.equal(client.listenerCount('ready'), 0);
});
