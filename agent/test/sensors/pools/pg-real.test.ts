import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import pg from 'pg';
import { createOriginSampler } from '../../../src/sensors/pools/origins.js';
import { watchPgPool } from '../../../src/sensors/pools/pg.js';
import { countOf, recordedEvents } from '../../harness/fake-pool.js';
import { noOrigins } from '../../harness/no-origins.js';
import { until } from '../../harness/wait.js';

/** Accepts connections of PostgreSQL clients; `answers` says what comes back to the first message. */
async function listen(t: TestContext, answers: Buffer | null): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answers && socket.write(answers));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
/** AuthenticationOk and ReadyForQuery: enough of a server to hold a connection of. */
const welcome = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);

function watch(t: TestContext, config: pg.PoolConfig) {
  const pool = new pg.Pool({ host: '127.0.0.1', user: 'u', database: 'd', ...config });
  pool.on('error', () => {});
  const events = recordedEvents();
  const watched = watchPgPool(pool, 'db', events, noOrigins);
  t.after(() => watched.close());
  return { pool, watched, events };
}

test('a pool whose server refuses rejects as it does without the agent, and nothing was waited for', async (t) => {
  const { pool, watched } = watch(t, { port: 1 });
  await assert.rejects(pool.connect(), { code: 'ECONNREFUSED' });
  await assert.rejects(pool.query('select 1'), { code: 'ECONNREFUSED' });
  const { timeouts, waitTime, usedCount } = watched.read();
  assert.deepEqual([timeouts, countOf(waitTime), usedCount], [0, 0, 0]);
});

test('a server that never answers is a timeout', async (t) => {
  const port = await listen(t, null);
  const { pool, watched, events } = watch(t, { port, connectionTimeoutMillis: 150 });
  await assert.rejects(pool.connect(), /timeout/i);
  const error = await new Promise((resolve) => pool.connect((failure) => resolve(failure)));
  assert.match(String(error), /timeout/i);
  assert.equal(watched.read().timeouts, 2);
  assert.deepEqual(events.told, ['timeout db', 'timeout db']);
});

describe('a pool whose connections are held', () => {
  test('lets callers wait, and tells for how long', async (t) => {
    const port = await listen(t, welcome);
    const { pool, watched } = watch(t, { port, max: 1 });
    const client = await pool.connect();
    const waiting = pool.connect();
    await until('somebody waits', () => watched.read().pendingCount === 1);
    assert.deepEqual([watched.read().usedCount, watched.read().maxCount], [1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 120));
    client.release();
    const second = await waiting;
    const { waitTime, useTime, pendingCount } = watched.read();
    assert.equal(pendingCount, 0);
    assert.equal(countOf(waitTime), 2);
    assert.ok(waitTime.sum >= 0.1, `${waitTime.sum} s`);
    assert.ok(useTime.sum >= 0.1, `${useTime.sum} s`);
    second.release();
    await until('it is idle', () => watched.read().idleCount === 1);
    assert.equal(countOf(watched.read().useTime), 2);
    // The server of this test does not know how to say goodbye.
    pool.end().catch(() => {});
  });

  test('lets callers give up, which is counted', async (t) => {
    const port = await listen(t, welcome);
    const { pool, watched } = watch(t, { port, max: 1, connectionTimeoutMillis: 200 });
    const client = await pool.connect();
    await assert.rejects(pool.connect(), { message: 'timeout exceeded when trying to connect' });
    await assert.rejects(pool.query('select 1'), { message: 'timeout exceeded when trying to connect' });
    assert.equal(watched.read().timeouts, 2);
    client.release(true);
  });
});

test('connections that are out are told with their age, their line and whether a query runs', async (t) => {
  const port = await listen(t, welcome);
  const pool = new pg.Pool({ host: '127.0.0.1', user: 'u', database: 'd', port, max: 3 });
  pool.on('error', () => {});
  const request = { route: 'GET /report', traceId: null, spanId: null };
  const watched = watchPgPool(
    pool,
    'db',
    recordedEvents(),
    createOriginSampler(() => request),
  );
  t.after(() => watched.close());
  const takeForReport = async () => await pool.connect();
  const idle = await takeForReport();
  // This server never answers a query.
  void pool.query('select 1').catch(() => {});
  await until('both are told', () => watched.read().held.filter(({ ageMs }) => ageMs > 300).length === 2);
  const [held, asking] = watched.read().held;
  assert.equal(held?.querying, false);
  assert.deepEqual(held?.request, request);
  assert.deepEqual([held?.frames[0]?.[0], held?.frames[0]?.[1]], ['takeForReport', import.meta.url]);
  assert.equal(asking?.querying, true);
  assert.ok(asking?.frames.some(([, file]) => file === import.meta.url));
  const { target, createTime, asked, openingCount } = watched.read();
  assert.deepEqual([target, countOf(createTime), asked, openingCount], [`127.0.0.1:${port}/d`, 2, 2, 0]);
  idle.release(true);
  assert.equal(watched.read().held.length, 1);
  pool.end().catch(() => {});
});

test('connections that do not get open are told as such, until they are given up', async (t) => {
  const port = await listen(t, null);
  const { pool, watched } = watch(t, { port, connectionTimeoutMillis: 1_000 });
  const asked = pool.connect();
  assert.deepEqual([watched.read().openingCount, watched.read().held], [1, []]);
  await assert.rejects(asked, /timeout/i);
  assert.equal(watched.read().openingCount, 0);
  assert.equal(countOf(watched.read().createTime), 0);
});

test('the queue has ended when each who waited has got a connection, also between two readings', async (t) => {
  const port = await listen(t, welcome);
  const { pool, watched } = watch(t, { port, max: 1 });
  const client = await pool.connect();
  const waiting = [pool.connect(), pool.connect()];
  await until('they wait', () => watched.read().pendingCount === 2);
  assert.equal(watched.read().pendingMinCount, 2);
  client.release();
  (await waiting[0]!).release();
  const last = await waiting[1]!;
  const late = pool.connect();
  assert.deepEqual([watched.read().pendingMinCount, watched.read().pendingMinCount], [0, 1]);
  last.release();
  (await late).release();
  pool.end().catch(() => {});
});

test('close() gives the pool back as it came', (t) => {
  const { pool, watched } = watch(t, { port: 1 });
  pool.removeAllListeners('error');
  assert.notEqual(pool.connect, pg.Pool.prototype.connect);
  assert.ok(Object.hasOwn(pool, 'newClient'));
  watched.close();
  assert.equal(pool.connect, pg.Pool.prototype.connect);
  assert.ok(!Object.hasOwn(pool, 'newClient'));
  assert.deepEqual(pool.eventNames(), []);
});
