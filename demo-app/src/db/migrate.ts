import pg from 'pg';
import { migrations } from './migrations/index.js';
import { databaseFailure } from './pool.js';
import { seedProducts } from './seed.js';

/** Advisory lock that keeps two starting processes from migrating at once. Any constant will do. */
const migrationLock = 7_340_211;
/** Longest wait for another process that migrates. Unit: ms. */
const lockLimitMs = 30_000;

/** What has been done to the database. */
export interface Preparation {
  /** Names of the migrations that were applied just now. */
  readonly applied: readonly string[];
  /** Number of products that were made just now; 0 when there were some already. */
  readonly seeded: number;
  /** Greatest id of a product; 0 when there is none. */
  readonly lastProductId: number;
}

/** Brings the schema up to date and fills an empty catalog with `seedCount` products. Throws a Failure that names
 *  the database when the server does not allow it, or holds tables of the same name that are not ours. */
export async function prepareDatabase(url: string, seedCount: number): Promise<Preparation> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    lock_timeout: lockLimitMs,
  });
  // Without a listener the loss of the connection would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    const applied = await migrate(client);
    const seeded = await seedProducts(client, seedCount);
    const { rows } = await client.query<{ last: number | null }>('select max(id) as last from products');
    return { applied, seeded, lastProductId: rows[0]?.last ?? 0 };
  } catch (cause) {
    throw databaseFailure('prepare', url, cause);
  } finally {
    // Ending the session gives the advisory lock back as well.
    await client.end().catch(() => {});
  }
}

async function migrate(client: pg.Client): Promise<string[]> {
  await client.query(`
    create table if not exists schema_migrations (
      id integer primary key, name text not null, applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<{ id: number }>('select id from schema_migrations');
  const done = new Set(rows.map(({ id }) => id));
  const applied: string[] = [];
  for (const { id, name, sql } of migrations) {
    if (done.has(id)) continue;
    await inTransaction(client, async () => {
      await client.query(sql);
      await client.query('insert into schema_migrations (id, name) values ($1, $2)', [id, name]);
    });
    applied.push(name);
  }
  return applied;
}

/** Runs the work in one transaction: all of it happens, or nothing. */
async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
