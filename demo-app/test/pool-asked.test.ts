import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, type Incident, startAgent } from '@faultline/agent';
import pg from 'pg';
import { startTestDatabase, type TestDatabase } from './harness/database.js';
import { createTestFolder } from './harness/folder.js';

/** A role that may log in and do nothing else. */
const password = 'never-to-be-seen-7c1f';
const limitMs = 60_000;
const folder = createTestFolder();
let database: TestDatabase;
let admin: pg.Pool;
let agent: Agent;

before(async () => {
  database = await startTestDatabase(1);
  admin = new pg.Pool({ connectionString: database.url, max: 3 });
  admin.on('error', () => {});
  await admin.query(`create role asker login password '${password}'`);
  await admin.query('grant pg_read_all_stats to asker');
  const url = new URL(database.url);
  url.username = 'asker';
  url.password = password;
  url.searchParams.set('statement_timeout', '0');
  agent = startAgent({
    port: 0,
    startupGraceMs: 0,
    directory: folder.path,
    logLevel: 'silent',
    poolAskUrl: url.href,
  });
  await agent.ready;
});
after(async () => {
  await agent?.close();
  await admin?.end();
  await database?.stop();
  folder.remove();
});

/** A watched pool of three connections whose callers all ask the same. */
function busyPool(t: { after(work: () => unknown): void }, name: string) {
  const pool = new pg.Pool({ connectionString: database.url, max: 3, connectionTimeoutMillis: 1_500 });
  pool.on('error', () => {});
  const unwatch = agent.watchPool(pool, { name });
  let timer: NodeJS.Timeout | undefined;
  t.after(() => {
    clearInterval(timer);
    unwatch();
    // A test that failed may hold connections still: it must not wait for them.
    void pool.end();
  });
  const keepAsking = (statement: string) => {
    timer = setInterval(() => void pool.query(statement).catch(() => {}), 100);
  };
  return { pool, keepAsking };
}

async function readIncidents(): Promise<string> {
  return await (await fetch(`${agent.url}/incidents`)).text();
}

/** The incident of a pool, once the database has been heard. */
async function untilHeard(name: string, wanted = (_incident: Incident) => true): Promise<Incident> {
  const endMs = performance.now() + limitMs;
  let text = '';
  while (performance.now() < endMs) {
    text = await readIncidents();
    const { incidents } = JSON.parse(text) as { readonly incidents: readonly Incident[] };
    const found = incidents.find(({ title }) => title.startsWith(`Pool ${name} `));
    if (found?.database !== undefined && wanted(found)) return found;
    await sleep(100);
  }
  throw new assert.AssertionError({ message: `not heard of ${name}: ${text}` });
}

/** Sessions of the agent that the server has now. */
async function askers(): Promise<number> {
  const { rows } = await admin.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where application_name = 'faultline'`,
  );
  return rows[0]?.count ?? -1;
}

/** Takes every row for itself and leaves its transaction open. Returns the process, and what ends the transaction. */
async function lockProducts(client: pg.PoolClient) {
  await client.query('begin');
  await client.query('lock table products in access exclusive mode');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return { pid: rows[0]?.pid, end: () => client.query('rollback') };
}

const secretStatement = `select count(*) from products where name <> 'a text of the customer'`;

test('a pool whose connections wait for the lock of another session says whose it is, and closes what it asked through', async (t) => {
  const client = await admin.connect();
  t.after(() => client.release(true));
  const lock = await lockProducts(client);
  const { keepAsking } = busyPool(t, 'locked');
  keepAsking(secretStatement);
  const incident = await untilHeard(
    'locked',
    ({ cause, evidence }) => cause === 'lock' && evidence.length > 0,
  );
  const [blocker] = incident.database?.blockers ?? [];
  assert.deepEqual(
    [blocker?.pid, blocker?.state, blocker?.isOfPool, blocker?.blocks],
    [lock.pid, 'idle in transaction', false, 3],
  );
  assert.match(
    incident.title,
    new RegExp(
      `3 of 3 connections wait for a lock \\(relation\\) held by pid ${lock.pid}, idle in transaction for`,
    ),
  );
  assert.ok(incident.ruledOut.some(({ kind }) => kind === 'slow-queries'));
  const evidence = incident.evidence.find(({ name }) => name === 'database.json');
  assert.ok(evidence !== undefined, JSON.stringify(incident.evidence));
  const kept = await readFile(join(folder.path, 'evidence', incident.id, evidence.name), 'utf8');
  const everything = kept + (await readIncidents()) + (await (await fetch(`${agent.url}/report`)).text());
  for (const secret of [password, 'a text of the customer']) assert.ok(!everything.includes(secret));

  await lock.end();
  // It asks one at a time, and stops asking when the queue is gone.
  const counts: number[] = [];
  for (let look = 0; look < 60; look += 1) {
    counts.push(await askers());
    await sleep(100);
  }
  assert.ok(Math.max(...counts) <= 1);
  assert.equal(counts.at(-1), 0);
});

test('where a connection of the pool itself holds the lock, its line is to blame', async (t) => {
  const { pool, keepAsking } = busyPool(t, 'own');
  const takeAndForget = async () => await pool.connect();
  const client = await takeAndForget();
  const lock = await lockProducts(client);
  keepAsking(secretStatement);
  const incident = await untilHeard('own', ({ cause }) => cause === 'lock');
  await lock.end();
  client.release();
  assert.equal(incident.database?.blockers[0]?.isOfPool, true);
  assert.equal(incident.culprit?.function, 'takeAndForget');
});

test('connections that are held without a lock keep their cause, with what the server sees', async (t) => {
  const { pool, keepAsking } = busyPool(t, 'held');
  const clients = [await pool.connect(), await pool.connect(), await pool.connect()];
  keepAsking('select 1');
  const incident = await untilHeard('held');
  for (const client of clients) client.release();
  assert.equal(incident.cause, 'connections-held');
  assert.deepEqual(
    incident.database?.groups.map(({ count, state }) => [count, state]),
    [[3, 'idle']],
  );
});

test('a server that refuses the user is told in the verdict, which is the same otherwise', async (t) => {
  await admin.query('alter role asker nologin');
  t.after(() => admin.query('alter role asker login'));
  const { pool, keepAsking } = busyPool(t, 'refused');
  const clients = [await pool.connect(), await pool.connect(), await pool.connect()];
  keepAsking('select 1');
  const incident = await untilHeard('refused');
  for (const client of clients) client.release();
  assert.equal(incident.cause, 'connections-held');
  assert.match(incident.database?.error ?? '', /not permitted to log in/);
});

test('a user who may not see the sessions is told which role is missing', async (t) => {
  await admin.query('revoke pg_read_all_stats from asker');
  t.after(() => admin.query('grant pg_read_all_stats to asker'));
  const { pool, keepAsking } = busyPool(t, 'hidden');
  const clients = [await pool.connect(), await pool.connect(), await pool.connect()];
  keepAsking('select 1');
  const incident = await untilHeard('hidden');
  for (const client of clients) client.release();
  assert.match(incident.database?.error ?? '', /pg_read_all_stats/);
});
