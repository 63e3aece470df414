import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { delayHandshakes } from '../../src/db/faults/delay-handshakes.js';
import { fillServer } from '../../src/db/faults/fill-server.js';
import { holdProductLock } from '../../src/db/faults/hold-lock.js';
import { createOperator, type Operator } from '../../src/db/operator.js';
import { openDatabase } from '../../src/db/pool.js';
import { createLogger } from '../../src/log.js';
import { startTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/process.js';

let database: TestDatabase;
let operator: Operator;

before(async () => {
  database = await startTestDatabase(1);
  operator = createOperator(database.url);
});
after(async () => {
  await operator?.close();
  await database?.stop();
});

const notExpired = () => false;
const readProducts = 'select count(*)::int as count from products';

/** Asks once through a connection of its own. Answers the SQLSTATE of what went wrong, or `read`. */
async function ask(statement = readProducts): Promise<string> {
  const client = new pg.Client({ connectionString: database.url, statement_timeout: 300 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statement);
    return 'read';
  } catch (error) {
    return String((error as { readonly code?: unknown }).code);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Unit: ms. */
const limitMs = 90_000;

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  assert.ok(await eventually(condition, limitMs), `${what} within ${limitMs} ms`);
}

const untilAsked = (wanted: string): Promise<void> =>
  until(`an answer ${wanted}`, async () => (await ask()) === wanted);

test('a locked table lets nobody read, and everybody when the fault is stopped', async (t) => {
  const fault = holdProductLock(database.url, { expired: notExpired });
  t.after(fault.stop);
  await untilAsked('57014');
  await until('its signal', () => fault.signal().hits > 1);
  fault.stop();
  fault.stop();
  await untilAsked('read');
  const { hits } = fault.signal();
  assert.equal(await ask('select pg_sleep(0.25)'), 'read');
  assert.equal(fault.signal().hits, hits);
});

test('a locked table is free when its lease has ended', async () => {
  let isOver = false;
  holdProductLock(database.url, { expired: () => isOver });
  await untilAsked('57014');
  isOver = true;
  await untilAsked('read');
});

test('whoever keeps others waiting and does nothing is ended, and nobody else', async (t) => {
  assert.equal(await operator.endBlocking(0), 0);
  const fault = holdProductLock(database.url, { expired: notExpired });
  t.after(fault.stop);
  await until('its signal', () => fault.signal().hits > 0);
  // Nobody waits yet.
  assert.equal(await operator.endBlocking(0), 0);
  const waiter = new pg.Client({ connectionString: database.url });
  await waiter.connect();
  const read = waiter.query(readProducts);
  await until('one is ended', async () => (await operator.endBlocking(0)) === 1);
  assert.equal((await read).rowCount, 1);
  await waiter.end();
});

test('a full database has no connection for anybody, takes those of the service, and gives them back', async (t) => {
  const service = new pg.Client({ connectionString: database.url, application_name: 'product-catalog' });
  const lost = new Promise((resolve) => service.on('error', resolve));
  await service.connect();
  const fault = fillServer(database.url, { sessionsMost: 100, expired: notExpired });
  t.after(fault.stop);
  await lost;
  await untilAsked('53300');
  await until('its signal', () => fault.signal().hits > 1);
  fault.stop();
  await untilAsked('read');
});

test('who has filled a database can be seen and sent away, and does not come back', async (t) => {
  await operator.open();
  const fault = fillServer(database.url, { sessionsMost: 100, expired: notExpired });
  t.after(fault.stop);
  await untilAsked('53300');
  await until('its signal', () => fault.signal().hits > 1);
  const { max, sessions } = await operator.countSessions();
  assert.equal(sessions[0]?.application, 'price-import');
  assert.ok(sessions[0].idle > max / 2, JSON.stringify(sessions));
  assert.equal(await operator.endIdle('somebody-else'), 0);
  assert.equal(await ask(), '53300');
  assert.ok((await operator.endIdle('price-import')) > max / 2);
  await untilAsked('read');
  const { hits } = fault.signal();
  assert.equal(await ask('select pg_sleep(0.25)'), 'read');
  assert.equal(fault.signal().hits, hits, 'the fault is over');
});

test('the session of the operator comes back when it was lost', async () => {
  await operator.open();
  assert.equal(
    await ask(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'product-catalog-admin'`,
    ),
    'read',
  );
  await until('an answer', () =>
    operator.countSessions().then(
      () => true,
      () => false,
    ),
  );
});

test('a slow handshake lets nobody in for its time, ends the connections of the service, and is taken back', async (t) => {
  const service = new pg.Client({ connectionString: database.url, application_name: 'product-catalog' });
  const lost = new Promise((resolve) => service.on('error', resolve));
  await service.connect();
  const fault = delayHandshakes(database.url, { delayMs: 2_000, expired: notExpired });
  t.after(fault.stop);
  await lost;
  const beganMs = performance.now();
  assert.equal(await ask('select 1'), 'read');
  assert.ok(performance.now() - beganMs > 1_900);
  fault.stop();
  await until('a quick handshake', async () => {
    const againMs = performance.now();
    return (await ask('select 1')) === 'read' && performance.now() - againMs < 1_500;
  });
});

test('a pool that waits longer than the handshake takes has connections that stay', async (t) => {
  const limits = { poolMax: 2, connectMs: 1_000, statementMs: 5_000 };
  const service = openDatabase(database.url, limits, createLogger('silent', 'test'));
  t.after(() => service.close());
  const servedBy = (): Promise<number | null> =>
    service.query<{ pid: number }>('select pg_backend_pid() as pid').then(
      ([row]) => row?.pid ?? null,
      () => null,
    );
  const fault = delayHandshakes(database.url, { delayMs: 3_000, expired: notExpired });
  t.after(fault.stop);
  await until('its signal', () => fault.signal().hits > 0);
  // The server takes note of it within a moment.
  await until('no connection in time', async () => (await servedBy()) === null);
  assert.equal(service.useConnectWait(20_000), 20_000);
  await until('a connection that stays', async () => {
    const pid = await servedBy();
    const { hits } = fault.signal();
    await until('the fault has looked again', () => fault.signal().hits > hits + 1);
    return pid !== null && (await servedBy()) === pid;
  });
  assert.equal(service.useConnectWait(null), 1_000);
});

test('a connection that is lost between two queries of its holder does not end the process', async () => {
  const limits = { poolMax: 1, connectMs: 5_000, statementMs: 5_000 };
  const { pool, close } = openDatabase(database.url, limits, createLogger('silent', 'test'));
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  assert.equal(await ask(`select pg_terminate_backend(${rows[0]?.pid})`), 'read');
  await ended;
  client.release(true);
  await close();
});

test('a database that is larger than the limit of the fault is not filled', async (t) => {
  const fault = fillServer(database.url, { sessionsMost: 2, expired: notExpired });
  t.after(fault.stop);
  await until('its sessions', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(
      `select count(*)::int as count from pg_stat_activity where application_name = 'price-import'`,
    );
    await client.end();
    return rows[0].count === 2;
  });
  assert.equal(await ask(), 'read');
});
