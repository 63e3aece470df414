import pg from 'pg';
import { Failure } from '../failure.js';
import type { Logger } from '../log.js';
import { watchHeldClients } from './held-clients.js';
import { createOperator, type Operator } from './operator.js';

/** Limits of the pool; see config.ts. */
export interface DatabaseLimits {
  readonly poolMax: number;
  readonly connectMs: number;
  readonly statementMs: number;
}

/** The one way to the database. */
export interface Database {
  /** For exports and health checks that need a connection of their own; whoever takes one releases it. */
  readonly pool: pg.Pool;
  /** Runs one statement with a time limit on both sides. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Closes connections that are held for so long without a query. Returns how many. Unit: ms. */
  takeBackHeld(heldMs: number): number;
  /** How long callers wait for a connection from now on; null for as long as it is set to. Returns that time. Unit: ms. */
  useConnectWait(ms: number | null): number;
  /** For those who look after the database while the pool has no connection. */
  readonly operator: Operator;
  close(): Promise<void>;
}

/** @types/pg has this option on the client alone; pg takes it for one query as well. */
interface TimedQuery extends pg.QueryConfig {
  readonly query_timeout: number;
}

/** Opens a pool. No connection is made before the first query. */
export function openDatabase(url: string, limits: DatabaseLimits, log: Logger): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: limits.poolMax,
    connectionTimeoutMillis: limits.connectMs,
    statement_timeout: limits.statementMs,
    idle_in_transaction_session_timeout: limits.statementMs,
    idleTimeoutMillis: 30_000,
    application_name: 'product-catalog',
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  // The pool listens to those that are idle; whoever uses one is told by its query, and between two queries by nobody.
  pool.on('connect', (client) => void client.on('error', () => {}));
  const held = watchHeldClients(pool);
  const operator = createOperator(url);
  // The server gives up first, so that its clear error arrives; ours is for a server that has gone silent.
  const queryMs = limits.statementMs + 1_000;
  return {
    pool,
    async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      const timed: TimedQuery = { text, values: [...values], query_timeout: queryMs };
      return (await pool.query<Row>(timed)).rows;
    },
    takeBackHeld: held.takeBack,
    useConnectWait(ms) {
      // The pool reads it for each caller and for each connection that it opens.
      const waitMs = ms ?? limits.connectMs;
      pool.options.connectionTimeoutMillis = waitMs;
      return waitMs;
    },
    operator,
    async close() {
      await Promise.all([pool.end(), operator.close()]);
    },
  };
}

/** Connects once and leaves. Throws a Failure of one line that never holds the password. */
export async function assertReachable(url: string, connectMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
  } catch (cause) {
    throw databaseFailure('use', url, cause);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The one clear line for a database that cannot be used. */
export function databaseFailure(what: 'use' | 'prepare', url: string, cause: unknown): Failure {
  return new Failure(
    'ERR_DEMO_DATABASE',
    `Cannot ${what} the database at ${describeDatabase(url)}: ${reasonOf(cause)}. Check DATABASE_URL.`,
    1,
    { cause },
  );
}

/** Host, port and name of the database, without user and password. */
function describeDatabase(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'localhost'}:${port || '5432'}${pathname === '/' ? '' : pathname}`;
}

/** The same URL with its password hidden. */
export function hidePassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

/** Messages of pg and of the server do not hold passwords; a refused connection has no message at all. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND') return 'no such host';
  return error.message || code || 'unknown error';
}
