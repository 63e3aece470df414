import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, type Incident, startAgent } from '@faultline/agent';
import pg from 'pg';
import { startTestDatabase, type TestDatabase } from './harness/database.js';
import { createTestFolder } from './harness/folder.js';

let database: TestDatabase;
let agent: Agent;
const folder = createTestFolder();
const limitMs = 60_000;

before(async () => {
  database = await startTestDatabase(0);
  agent = startAgent({ port: 0, startupGraceMs: 0, directory: folder.path, logLevel: 'silent' });
  await agent.ready;
});
after(async () => {
  await agent?.close();
  await database?.stop();
  folder.remove();
});

/** A watched pool of two connections that nobody waits for longer than so many ms. */
function watchedPool(t: { after(work: () => Promise<unknown>): void }, name: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: database.url, max: 2, connectionTimeoutMillis: 1_500 });
  pool.on('error', () => {});
  const unwatch = agent.watchPool(pool, { name });
  t.after(() => {
    unwatch();
    return pool.end();
  });
  return pool;
}

async function allIncidents(): Promise<readonly Incident[]> {
  const answer = (await (await fetch(`${agent.url}/incidents`)).json()) as {
    readonly incidents: readonly Incident[];
  };
  return answer.incidents;
}

const incidentsOf = async (name: string): Promise<readonly Incident[]> =>
  (await allIncidents()).filter(({ title }) => title.includes(`Pool ${name} `));

async function untilIncident(name: string): Promise<Incident> {
  const endMs = performance.now() + limitMs;
  while (performance.now() < endMs) {
    const [incident] = await incidentsOf(name);
    if (incident !== undefined) return incident;
    await sleep(100);
  }
  throw new assert.AssertionError({ message: `no incident of ${name} within ${limitMs} ms` });
}

/** Asks again and again, and takes what comes. */
function keepAsking(ask: () => Promise<unknown>): () => void {
  const timer = setInterval(() => void ask().catch(() => {}), 100);
  return () => clearInterval(timer);
}

describe('a real pool of a real database', () => {
  test('whose connections are held is exhausted by the line that holds them', async (t) => {
    const pool = watchedPool(t, 'held');
    const forgetToRelease = async () => await pool.connect();
    const held = [await forgetToRelease(), await forgetToRelease()];
    const stop = keepAsking(() => pool.query('select 1'));
    const incident = await untilIncident('held');
    stop();
    for (const client of held) client.release();
    assert.equal(incident.cause, 'connections-held');
    const { culprit } = incident;
    assert.ok(culprit?.type === 'pool');
    assert.equal(culprit.name, 'held');
    assert.deepEqual([culprit.function, culprit.holders.length], ['forgetToRelease', 2]);
    assert.match(culprit.file, /demo-app\/test\/pool-exhausted\.test\.ts$/);
    assert.ok(culprit.holders.every(({ querying }) => querying === false));
    assert.ok(incident.ruledOut.some(({ kind }) => kind === 'slow-queries'));
  });

  test('whose queries take seconds is exhausted by them', async (t) => {
    const pool = watchedPool(t, 'slow');
    const askSlowly = () => pool.query('select pg_sleep(3)');
    const stop = keepAsking(askSlowly);
    const incident = await untilIncident('slow');
    stop();
    assert.equal(incident.cause, 'slow-queries');
    assert.ok(incident.culprit?.type === 'pool' && incident.culprit.function === 'askSlowly');
    assert.ok(incident.ruledOut.some(({ kind }) => kind === 'connections-held'));
  });

  test('is not exhausted when its callers have waited for a blocked loop alone, and that verdict says so', async (t) => {
    const pool = watchedPool(t, 'faked');
    const stop = keepAsking(() => pool.query('select 1'));
    await sleep(2_500);
    for (let block = 0; block < 3; block += 1) {
      void Promise.allSettled(Array.from({ length: 8 }, () => pool.query('select 1')));
      const endMs = performance.now() + 2_000;
      while (performance.now() < endMs) Math.sqrt(endMs);
      await sleep(50);
    }
    await sleep(2_500);
    stop();
    assert.deepEqual(await incidentsOf('faked'), []);
    const stalls = (await allIncidents()).filter(({ kind }) => kind === 'event-loop-stall');
    const reasons = stalls.flatMap(({ ruledOut }) =>
      ruledOut.flatMap(({ kind, because }) => (kind === 'pool-exhausted' ? [because] : [])),
    );
    assert.ok(
      reasons.some((because) => because.includes(' faked')),
      JSON.stringify(stalls),
    );
  });
});

test('a pool that is watched answers as one that is not', async (t) => {
  const watched = watchedPool(t, 'alike');
  const plain = new pg.Pool({ connectionString: database.url, max: 2, connectionTimeoutMillis: 1_500 });
  plain.on('error', () => {});
  t.after(() => plain.end());
  const asks: readonly ((pool: pg.Pool) => Promise<unknown>)[] = [
    async (pool) => (await pool.query('select $1::int as n', [7])).rows,
    (pool) => pool.query('select nothing_like_it'),
    (pool) =>
      new Promise((resolve) => pool.query('select 1 as n', (error, { rows }) => resolve([error, rows]))),
    (pool) =>
      new Promise((resolve) =>
        pool.connect((error, client, release) => {
          resolve([error, typeof client?.query, release.length]);
          release();
        }),
      ),
    async (pool) => {
      const client = await pool.connect();
      client.release();
      client.release();
    },
    async (pool) => {
      const client = await pool.connect();
      client.release(new Error('broken'));
      return [pool.totalCount, pool.idleCount, pool.waitingCount];
    },
    async (pool) => {
      const clients = [await pool.connect(), await pool.connect()];
      const late = await pool.connect().catch(({ message }: Error) => message);
      for (const client of clients) client.release();
      return late;
    },
  ];
  for (const ask of asks) {
    const [one, other] = await Promise.all(
      [watched, plain].map((pool) => ask(pool).catch(({ message }: Error) => `failed: ${message}`)),
    );
    assert.deepEqual(one, other);
    assert.notEqual(one, undefined);
  }
});
