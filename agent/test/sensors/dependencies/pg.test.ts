import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { startDependencySensor } from '../../../src/sensors/dependencies/sensor.js';

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const ready = message('Z', Buffer.from('I'));
const answers: Readonly<Record<string, readonly Buffer[]>> = {
  good: [message('C', Buffer.from('SELECT 0\0'))],
  // unique_violation: an answer, and none of the database's failures.
  taken: [message('E', Buffer.from('SERROR\0C23505\0Mtaken\0\0'))],
  slow: [message('E', Buffer.from('SERROR\0C57014\0Mcanceling statement due to statement timeout\0\0'))],
};

/** Understands simple queries: their text names the answer. */
async function startDatabase(t: TestContext): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
      socket.on('data', (data) => {
        if (data[0] !== 0x51) return;
        const text = data.toString('utf8', 5).replaceAll('\0', '');
        if (text === 'reset') socket.destroy();
        else socket.write(Buffer.concat([...(answers[text] ?? []), ready]));
      });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function startSensor(t: TestContext) {
  const sensor = startDependencySensor({ lateMs: () => 0 }, true);
  t.after(() => sensor.close());
  sensor.look();
  return sensor;
}

test('queries are answers, whatever the database thinks of them; a time-out and a lost connection are not', async (t) => {
  const sensor = startSensor(t);
  const port = await startDatabase(t);
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'u', password: 'secret', database: 'shop' });
  client.on('error', () => {});
  await client.connect();
  await client.query('good');
  await assert.rejects(client.query('taken'), { code: '23505' });
  await assert.rejects(client.query('slow'), { code: '57014' });
  await new Promise((resolve) => client.query('good', resolve));
  await assert.rejects(client.query('reset'));
  const [reading, ...others] = sensor.read();
  assert.deepEqual(others, []);
  assert.equal(reading?.target, `127.0.0.1:${port}/shop`);
  assert.equal(
    reading?.answered.counts.reduce((sum, count) => sum + count, 0),
    3,
  );
  assert.equal(reading?.inFlight, 0);
  assert.deepEqual(reading?.errors, { refused: 0, reset: 1, timeout: 1, '5xx': 0, dns: 0, other: 0 });
});

test('a database that refuses is a failed call, and rejects as it does without the agent', async (t) => {
  const sensor = startSensor(t);
  const client = new pg.Client({ host: '127.0.0.1', port: 1, user: 'u', database: 'd' });
  await assert.rejects(client.connect(), { code: 'ECONNREFUSED' });
  const [reading] = sensor.read();
  assert.deepEqual([reading?.target, reading?.errors.refused, reading?.inFlight], ['127.0.0.1:1/d', 1, 0]);
});

test('a database that has no connection left refuses', async (t) => {
  const sensor = startSensor(t);
  const full = message('E', Buffer.from('SFATAL\0C53300\0Msorry, too many clients already\0\0'));
  const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(full)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'u', database: 'd' });
  client.on('error', () => {});
  await assert.rejects(client.connect(), { code: '53300' });
  assert.equal(sensor.read()[0]?.errors.refused, 1);
});

test('a database that takes too long to greet, or whose name nobody knows, has its class', async (t) => {
  const sensor = startSensor(t);
  const server = createServer((socket) => socket.on('error', () => {}));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const silent = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'u',
    database: 'd',
    connectionTimeoutMillis: 50,
  });
  silent.on('error', () => {});
  await assert.rejects(silent.connect());
  await silent.end().catch(() => {});
  t.mock.method(dns, 'lookup', (host: string, ...rest: unknown[]) => {
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    process.nextTick(rest.at(-1) as (error: Error) => void, error);
  });
  await assert.rejects(new pg.Client({ host: 'db.invalid', port: 5432, user: 'u', database: 'd' }).connect());
  const errors = Object.fromEntries(sensor.read().map((reading) => [reading.target, reading.errors]));
  assert.deepEqual(errors, {
    [`127.0.0.1:${port}/d`]: { refused: 0, reset: 0, timeout: 1, '5xx': 0, dns: 0, other: 0 },
    'db.invalid:5432/d': { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 1, other: 0 },
  });
});

test('close() takes the wrappers away', () => {
  const before = [pg.Client.prototype.query, pg.Client.prototype.connect];
  const sensor = startDependencySensor({ lateMs: () => 0 }, true);
  sensor.look();
  assert.notEqual(pg.Client.prototype.query, before[0]);
  sensor.close();
  assert.deepEqual([pg.Client.prototype.query, pg.Client.prototype.connect], before);
});
