import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import pg from 'pg';
import { prepareDatabase } from '../../src/db/migrate.js';
import { Failure } from '../../src/failure.js';
import { startTestDatabase } from '../harness/database.js';
import { eventually, isRunning } from '../harness/process.js';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

test('the server listens on 127.0.0.1 alone, migrates and seeds once, and leaves nothing when it is stopped', async (t) => {
  const database = await startTestDatabase(0);
  t.after(() => database.stop());
  assert.deepEqual(await query(database.url, "select current_setting('listen_addresses')"), [['127.0.0.1']]);

  const first = await prepareDatabase(database.url, 300);
  assert.deepEqual(first, { applied: ['products', 'search'], seeded: 300, lastProductId: 300 });
  const again = await prepareDatabase(database.url, 300);
  assert.deepEqual(again, { applied: [], seeded: 0, lastProductId: 300 });
  assert.deepEqual(
    await query(database.url, 'select count(*)::int, count(distinct sku)::int from products'),
    [[300, 300]],
  );
  const names = await query(database.url, 'select name, brand, weight_grams from products where id = 42');
  assert.deepEqual(names, [['Slim Canvas Lunch Box No. 43', 'Harbour & Co.', 1604]]);

  await database.stop();
  assert.equal(await database.exited, 'exit code 0');
  assert.ok(!isRunning(database.pids.server));
  assert.ok(!existsSync(database.directory));
});

test('two processes that start at once do not seed twice', async (t) => {
  const database = await startTestDatabase(0);
  t.after(() => database.stop());
  const both = await Promise.all([prepareDatabase(database.url, 100), prepareDatabase(database.url, 100)]);
  assert.deepEqual(both.map(({ seeded }) => seeded).sort(), [0, 100]);
  assert.deepEqual(await query(database.url, 'select count(*)::int from products'), [[100]]);
});

test('a table of the same name that is not ours is left alone, and the failure says so in one line', async (t) => {
  const database = await startTestDatabase(0);
  t.after(() => database.stop());
  await query(database.url, 'create table products (id uuid)');
  await assert.rejects(
    prepareDatabase(database.url, 10),
    (error) =>
      error instanceof Failure &&
      /^Cannot prepare the database at 127\.0\.0\.1:\d+\/postgres: relation "products" already exists\./.test(
        error.message,
      ),
  );
  assert.deepEqual(await query(database.url, 'select count(*)::int from products'), [[0]]);
});

test('what a killed keeper leaves behind is removed by the next start', async (t) => {
  const left = await startTestDatabase(0);
  process.kill(left.pids.keeper, 'SIGKILL');
  await left.exited;
  assert.ok(isRunning(left.pids.server), 'the server outlives its keeper');
  assert.ok(existsSync(left.directory));

  const next = await startTestDatabase(0, left.folder);
  t.after(() => next.stop());
  assert.ok(await eventually(() => !isRunning(left.pids.server), 5_000));
  assert.deepEqual(left.folder.databases().length, 1);
  assert.ok(!existsSync(left.directory));
});

test('a server that dies takes its keeper and its directory along', async (t) => {
  const database = await startTestDatabase(0);
  t.after(() => database.stop());
  process.kill(database.pids.server, 'SIGKILL');
  assert.equal(await database.exited, 'exit code 1');
  assert.ok(!existsSync(database.directory));
});
