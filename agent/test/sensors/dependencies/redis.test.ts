import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { commandOptions, createClient as createClient4, defineScript } from 'redis-4';
import { createClient as createUntracedClient } from 'redis-untraced';
import type { DependencyReading } from '../../../src/protocol/dependency.js';
import { redisTarget } from '../../../src/sensors/dependencies/redis-commands.js';
import { startDependencySensor } from '../../../src/sensors/dependencies/sensor.js';
import { type RedisServer, startRedis, whyNoRedis } from '../../harness/redis.js';
import { freePort } from '../../harness/server-process.js';
import { until } from '../../harness/wait.js';

const skip = whyNoRedis();

/** One client as both libraries can do it. */
interface Client {
  command(...words: string[]): Promise<unknown>;
  transaction(...commands: string[][]): Promise<unknown>;
  pipeline(...commands: string[][]): Promise<unknown>;
  close(): unknown;
}
type Open = (
  port: number,
  options?: { readonly limitMs?: number; readonly triesMost?: number },
) => Promise<Client>;

/** Does not wait for the connection, so that commands queue while there is none. */
const clients: Readonly<Record<string, Open>> = {
  async ioredis(port, { limitMs, triesMost } = {}) {
    const client = new Redis({
      host: '127.0.0.1',
      port,
      password: 'secret',
      ...(limitMs === undefined ? {} : { commandTimeout: limitMs }),
      retryStrategy: () => 50,
      maxRetriesPerRequest: triesMost ?? null,
    });
    client.on('error', () => {});
    return {
      command: (name, ...args) => client.call(name!, ...args),
      async transaction(...commands) {
        await client.multi(lowered(commands)).exec();
      },
      pipeline: (...commands) => client.pipeline(lowered(commands)).exec(),
      close: () => client.disconnect(),
    };
  },
  async 'node-redis'(port, { limitMs } = {}) {
    const client = createClient({
      RESP: 2,
      socket: {
        host: '127.0.0.1',
        port,
        reconnectStrategy: 50,
        ...(limitMs === undefined ? {} : { socketTimeout: limitMs }),
      },
    });
    client.on('error', () => {});
    client.connect().catch(() => {});
    return {
      command: (...words) => client.sendCommand(words),
      transaction: (...commands) => batch(client.multi(), commands).exec(),
      pipeline: (...commands) => batch(client.multi(), commands).execAsPipeline(),
      close: () => client.destroy(),
    };
  },
};
const lowered = (commands: string[][]) => commands.map(([name, ...args]) => [name!.toLowerCase(), ...args]);
const batch = (multi: ReturnType<ReturnType<typeof createClient>['multi']>, commands: string[][]) => {
  for (const words of commands) multi.addCommand(words);
  return multi;
};

function startSensor(t: TestContext) {
  const sensor = startDependencySensor({ lateMs: () => 0 }, true);
  t.after(() => sensor.close());
  sensor.look();
  return () => sensor.read()[0]!;
}

const answered = ({ answered: { counts } }: DependencyReading): number =>
  counts.reduce((sum, count) => sum + count, 0);
const noErrors = { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 0, other: 0 };

for (const [library, open] of Object.entries(clients)) {
  describe(`commands of ${library}`, () => {
    let server: RedisServer;
    before(async () => {
      if (skip === false) server = await startRedis();
    });
    after(() => server?.close());

    async function start(t: TestContext, options?: Parameters<Open>[1]) {
      const read = startSensor(t);
      const client = await open(server.port, options);
      t.after(() => client.close());
      await client.command('PING');
      return { read, client };
    }

    test('are calls to host and port, and so are those that the server has something against', {
      skip,
    }, async (t) => {
      const { read, client } = await start(t);
      const before = answered(read());
      await client.command('SET', 'customer:secret', 'x');
      await assert.rejects(client.command('LPUSH', 'customer:secret', 'y'), /WRONGTYPE/);
      const reading = read();
      assert.equal(reading.target, `127.0.0.1:${server.port}`);
      assert.deepEqual([answered(reading) - before, reading.inFlight], [2, 0]);
      assert.deepEqual(reading.errors, noErrors);
      assert.ok(!JSON.stringify(reading).includes('secret'));
    });

    test('are one call in a transaction, and as many as there are in a pipeline', { skip }, async (t) => {
      const { read, client } = await start(t);
      const before = answered(read());
      await client.transaction(['SET', 'a', '1'], ['GET', 'a']);
      assert.equal(answered(read()) - before, 1);
      await client.pipeline(['SET', 'a', '1'], ['GET', 'a'], ['DEL', 'a']);
      assert.equal(answered(read()) - before, 4);
      assert.equal(read().inFlight, 0);
    });

    test('are left out where they wait for somebody else', { skip }, async (t) => {
      const { read, client } = await start(t);
      const before = read().begun;
      await client.command('BLPOP', 'nobody:pushes', '0.05');
      await client.command('XREAD', 'BLOCK', '50', 'STREAMS', 'nobody:adds', '$');
      assert.equal(read().begun - before, 0);
      await client.command('XREAD', 'STREAMS', 'nobody:adds', '0');
      assert.equal(read().begun - before, 1);
    });

    test('fail when the server cannot do its work', { skip }, async (t) => {
      const { read, client } = await start(t);
      await client.command('CONFIG', 'SET', 'maxmemory', '1');
      await assert.rejects(client.command('SET', 'big', 'x'), /OOM/);
      await client.command('CONFIG', 'SET', 'maxmemory', '0');
      assert.deepEqual(read().errors, { ...noErrors, '5xx': 1 });
    });

    test('fail when no answer comes in time', { skip }, async (t) => {
      const { read, client } = await start(t, { limitMs: 300 });
      server.pause();
      t.after(() => server.resume());
      await assert.rejects(client.command('GET', 'a'));
      server.resume();
      await until('the time-out is counted', () => read().errors.timeout >= 1);
      assert.deepEqual(read().errors.other, 0);
    });
  });

  test(`a server that refuses ${library} is a failed call for each attempt, and what queues is in flight until it comes`, {
    skip,
  }, async (t) => {
    const read = startSensor(t);
    const port = await freePort();
    const client = await open(port);
    t.after(() => client.close());
    const queued = client.command('PING');
    await until('three attempts have failed', () => read().errors.refused >= 3);
    assert.equal(read().target, `127.0.0.1:${port}`);
    assert.ok(read().inFlight >= 1);
    assert.equal(answered(read()), 0);
    const server = await startRedis(port);
    t.after(() => server.close());
    await queued;
    await until('nothing is in flight', () => read().inFlight === 0);
    assert.ok(read().answered.sum >= 0.1, `${read().answered.sum} s`);
  });

  test(`a command of ${library} whose client is closed is nobody's fault`, { skip }, async (t) => {
    const server = await startRedis();
    t.after(() => server.close());
    const read = startSensor(t);
    const client = await open(server.port);
    await client.command('PING');
    server.pause();
    const waiting = client.command('GET', 'a');
    client.close();
    await assert.rejects(waiting);
    assert.deepEqual([read().errors, read().inFlight], [noErrors, 0]);
  });

  test(`a command of ${library} whose server dies is a reset`, { skip }, async (t) => {
    const server = await startRedis();
    const read = startSensor(t);
    const client = await open(server.port, { triesMost: 0 });
    t.after(() => client.close());
    await client.command('PING');
    server.pause();
    const waiting = client.command('GET', 'a');
    // Written before the server is gone.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await Promise.all([assert.rejects(waiting), server.kill()]);
    await until('the reset is counted', () => read().errors.reset >= 1);
  });
}

test('commands of node-redis before 5.12, which has no channels, are calls as well', { skip }, async (t) => {
  const server = await startRedis();
  t.after(() => server.close());
  const read = startSensor(t);
  const client = createUntracedClient({ socket: { host: '127.0.0.1', port: server.port } });
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.destroy());
  await client.set('customer:secret', 'x');
  await assert.rejects(client.incr('customer:secret'), /integer/);
  await client.multi().ping().ping().exec();
  await client.multi().ping().ping().execAsPipeline();
  await client.blPop('nobody:pushes', 0.05);
  server.pause();
  const broken = client.ping();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await Promise.all([assert.rejects(broken), server.kill()]);
  const reading = read();
  assert.equal(reading.target, `127.0.0.1:${server.port}`);
  assert.deepEqual([answered(reading), reading.begun, reading.inFlight], [4, 5, 0]);
  assert.deepEqual(reading.errors, { ...noErrors, reset: 1 });
});

describe('commands of node-redis 4', () => {
  let server: RedisServer;
  before(async () => {
    if (skip === false) server = await startRedis();
  });
  after(() => server?.close());

  async function start(t: TestContext) {
    const read = startSensor(t);
    const echo = defineScript({
      NUMBER_OF_KEYS: 0,
      SCRIPT: 'return ARGV[1]',
      transformArguments: (text: string) => [text],
      transformReply: (reply: string) => reply,
    });
    const client = createClient4({ socket: { host: '127.0.0.1', port: server.port }, scripts: { echo } });
    client.on('error', () => {});
    await client.connect();
    t.after(() => client.disconnect().catch(() => {}));
    return { read, client };
  }

  test('are calls to host and port, under both of their names, and so are those that fail', {
    skip,
  }, async (t) => {
    const { read, client } = await start(t);
    assert.equal(await client.set('customer:secret', 'x'), 'OK');
    assert.equal(await client.GET('customer:secret'), 'x');
    assert.equal(await client.sendCommand(['GET', 'customer:secret']), 'x');
    await assert.rejects(client.incr('customer:secret'), /integer/);
    const reading = read();
    assert.equal(reading.target, `127.0.0.1:${server.port}`);
    assert.deepEqual([answered(reading), reading.begun, reading.inFlight], [4, 4, 0]);
    assert.deepEqual(reading.errors, noErrors);
    assert.ok(!JSON.stringify(reading).includes('secret'));
  });

  const rows: readonly [
    string,
    number,
    (client: Awaited<ReturnType<typeof start>>['client']) => Promise<unknown>,
  ][] = [
    ['a transaction is one', 1, (client) => client.multi().ping().ping().exec()],
    ['a pipeline is one', 1, (client) => client.multi().ping().ping().execAsPipeline()],
    ['a script is one', 1, (client) => client.echo('a')],
    [
      'one that goes to a client of its own is one',
      1,
      (client) => client.get(commandOptions({ isolated: true }), 'a'),
    ],
    ['one that waits for somebody else is none', 0, (client) => client.blPop('nobody:pushes', 0.05)],
    [
      'so it is in a client of its own',
      0,
      (client) => client.blPop(commandOptions({ isolated: true }), 'nobody:pushes', 0.05),
    ],
    ['so it is in words', 0, (client) => client.sendCommand(['BLPOP', 'nobody:pushes', '0.05'])],
    [
      'a stream that is waited for is none',
      0,
      (client) => client.xRead({ key: 'nobody:adds', id: '$' }, { BLOCK: 50 }),
    ],
    ['a stream that is read is one', 1, (client) => client.xRead({ key: 'nobody:adds', id: '0' })],
  ];
  for (const [title, calls, ask] of rows) {
    test(title, { skip }, async (t) => {
      const { read, client } = await start(t);
      await client.ping();
      const before = read().begun;
      await ask(client);
      assert.deepEqual([read().begun - before, read().inFlight, read().errors], [calls, 0, noErrors]);
    });
  }

  test('fail when the server cannot do its work', { skip }, async (t) => {
    const { read, client } = await start(t);
    await client.configSet('maxmemory', '1');
    await assert.rejects(client.set('big', 'x'), /OOM/);
    await client.configSet('maxmemory', '0');
    assert.deepEqual(read().errors, { ...noErrors, '5xx': 1 });
  });

  test("are nobody's fault when the client is closed, and a reset when the server dies", {
    skip,
  }, async (t) => {
    const other = await startRedis();
    const read = startSensor(t);
    const open = async () => {
      const client = createClient4({ socket: { host: '127.0.0.1', port: other.port } });
      client.on('error', () => {});
      await client.connect();
      t.after(() => client.disconnect().catch(() => {}));
      return client;
    };
    const [closed, broken] = [await open(), await open()];
    other.pause();
    const waiting = closed.ping();
    await closed.disconnect();
    await assert.rejects(waiting);
    const lost = broken.ping();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await Promise.all([assert.rejects(lost), other.kill()]);
    assert.deepEqual([read().errors, read().inFlight], [{ ...noErrors, reset: 1 }, 0]);
  });

  test('of a server that is not there yet are in flight until it comes', { skip }, async (t) => {
    const read = startSensor(t);
    const port = await freePort();
    const client = createClient4({ socket: { host: '127.0.0.1', port, reconnectStrategy: () => 50 } });
    client.on('error', () => {});
    client.connect().catch(() => {});
    t.after(() => client.disconnect().catch(() => {}));
    const queued = client.ping();
    assert.equal(read().inFlight, 1);
    const late = await startRedis(port);
    t.after(() => late.close());
    assert.equal(await queued, 'PONG');
    assert.deepEqual([answered(read()), read().inFlight], [1, 0]);
  });

  test('are given back, and refuse what they cannot send, as without the agent', { skip }, async (t) => {
    const { client } = await start(t);
    const reply: unknown = client.get('nobody:sets');
    assert.ok(reply instanceof Promise);
    assert.equal(await reply, null);
    await assert.rejects(client.set(undefined as never, 'x'), TypeError);
  });
});

/** The prototype that has a method. */
const ownerOf = (value: object, method: string): object =>
  Object.hasOwn(value, method) ? value : ownerOf(Object.getPrototypeOf(value) as object, method);

test('the classes are given back as they came', () => {
  const methods: readonly [object, string][] = [
    [Redis.prototype, 'sendCommand'],
    [Redis.prototype, 'connect'],
    [ownerOf(createUntracedClient(), 'sendCommand'), 'sendCommand'],
    [ownerOf(createClient4(), 'sendCommand'), 'sendCommand'],
    [ownerOf(createClient4(), 'get'), 'get'],
    [ownerOf(createClient4(), 'CLIENT_NO-EVICT'), 'CLIENT_NO-EVICT'],
    [ownerOf(createClient4(), 'executeScript'), 'executeScript'],
  ];
  const look = () => methods.map(([prototype, name]) => Reflect.get(prototype, name) as unknown);
  const before = look();
  const sensor = startDependencySensor({ lateMs: () => 0 }, true);
  sensor.look();
  assert.ok(look().every((method, index) => method !== before[index]));
  sensor.close();
  assert.deepEqual(look(), before);
});

test('sockets of the file system are named by their path, and addresses of IPv6 have brackets', () => {
  assert.equal(redisTarget({ host: '/run/redis.sock', port: undefined }), 'unix:/run/redis.sock');
  assert.equal(redisTarget({ host: '::1', port: 6379 }), '[::1]:6379');
});
