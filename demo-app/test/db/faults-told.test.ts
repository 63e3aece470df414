import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, type Incident, startAgent } from '@faultline/agent';
import pg from 'pg';
import { delayHandshakes } from '../../src/db/faults/delay-handshakes.js';
import { fillServer } from '../../src/db/faults/fill-server.js';
import { startTestDatabase, type TestDatabase } from '../harness/database.js';
import { createTestFolder } from '../harness/folder.js';

const limitMs = 90_000;
const folder = createTestFolder();
let database: TestDatabase;
let agent: Agent;
let pool: pg.Pool;
let timer: NodeJS.Timeout;

/** A service that asks ten times a second, and whose agent has learnt what is usual. */
before(async () => {
  database = await startTestDatabase(0);
  agent = startAgent({
    port: 0,
    startupGraceMs: 0,
    directory: folder.path,
    logLevel: 'silent',
    discoverPools: true,
  });
  await agent.ready;
  pool = new pg.Pool({
    connectionString: database.url,
    application_name: 'product-catalog',
    max: 2,
    connectionTimeoutMillis: 1_500,
  });
  pool.on('error', () => {});
  agent.watchPool(pool, { name: 'catalog' });
  timer = setInterval(() => void pool.query('select 1').catch(() => {}), 100);
  await until('what is usual', async () => {
    const text = await (await fetch(`${agent.url}/metrics`)).text();
    return /^faultline_dependency_failing_limit_ratio\{target="[^"/]+\/[^"]+"\} /m.test(text);
  });
});
after(async () => {
  clearInterval(timer);
  await agent?.close();
  // Callers may wait still, and need not be waited for.
  void pool?.end();
  await database?.stop();
  folder.remove();
});

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await look())) {
    if (performance.now() > endMs) assert.fail(`no ${what} within ${limitMs} ms: ${await readIncidents()}`);
    await sleep(100);
  }
}

const readIncidents = async (): Promise<string> => (await fetch(`${agent.url}/incidents`)).text();

async function untilTold(kind: string): Promise<Incident> {
  let found: Incident | undefined;
  await until(kind, async () => {
    const { incidents } = JSON.parse(await readIncidents()) as { readonly incidents: readonly Incident[] };
    found = incidents.find((each) => each.kind === kind && each.status === 'open');
    return found !== undefined;
  });
  return found!;
}

const notExpired = () => false;

test('a database without a connection left refuses, and nobody waits for the pool', async (t) => {
  const fault = fillServer(database.url, { sessionsMost: 100, expired: notExpired });
  t.after(fault.stop);
  const { cause, target } = await untilTold('dependency-failing');
  assert.equal(cause, 'refused');
  assert.match(target ?? '', /\/postgres$/);
  assert.doesNotMatch(await readIncidents(), /pool-exhausted","status/);
});

test('a handshake that takes longer than the pool waits exhausts it, because no connection is opened', async (t) => {
  await until('connection', async () => {
    const answered = await pool.query('select 1').catch(() => null);
    return answered !== null;
  });
  const fault = delayHandshakes(database.url, { delayMs: 4_000, expired: notExpired });
  t.after(fault.stop);
  const { cause, title, culprit } = await untilTold('pool-exhausted');
  assert.equal(cause, 'dependency-slow');
  assert.match(title, /takes long to open connections/);
  assert.equal(culprit, null);
});
