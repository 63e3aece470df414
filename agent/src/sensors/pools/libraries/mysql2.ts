import { listen } from '../../dependencies/channels.js';
import type { ModuleWatch } from '../../module-cache.js';
import type { PoolAdapter, PoolRecorder } from '../adapter.js';
import { isMysqlConnectionBusy, mysqlTarget } from '../busy.js';
import { matched, type PoolLibrary } from '../library.js';
import { ownField } from '../own-field.js';
import { connectChannel, followAsks, type Trace } from './mysql2-asks.js';

/** A pool of mysql2, as its types show it, with or without promises. */
export interface PublicMysqlPool {
  getConnection(...parameters: never[]): unknown;
}

/** What is read from a pool of mysql2 3, behind its promises where it has some. Its counts are fields that it does not
 *  document, since it has no others. */
interface MysqlPool {
  readonly _allConnections: { readonly length: number; get?(index: number): unknown };
  readonly _freeConnections: { readonly length: number };
  readonly _connectionQueue: { readonly length: number };
  readonly config: { readonly connectionLimit: number; readonly connectionConfig: Record<string, unknown> };
  on(event: 'connection' | 'release', listener: (connection: object) => void): unknown;
  removeListener(event: string, listener: (connection: object) => void): unknown;
}

/** Nothing is patched: who asks comes from the tracing channel of mysql2, which has it from 3.20 on; from older versions
 *  counts are read, and pools have to be named with watchPool(). */
export const mysql2: PoolLibrary = {
  name: 'mysql2',
  match(value) {
    // createPool() of mysql2/promise gives a wrapper.
    const pool = isMysqlPool(value) ? value : (value as { readonly pool?: unknown } | null)?.pool;
    return isMysqlPool(pool) ? matched(pool, adapt(pool)) : null;
  },
  discover: discoverPools,
};

function isMysqlPool(value: unknown): value is MysqlPool {
  const pool = value as Partial<MysqlPool> | null;
  return (
    typeof pool === 'object' &&
    pool !== null &&
    typeof pool._allConnections?.length === 'number' &&
    typeof pool._freeConnections?.length === 'number' &&
    typeof pool._connectionQueue?.length === 'number' &&
    typeof pool.config?.connectionLimit === 'number' &&
    typeof pool.on === 'function'
  );
}

/** A pool is told by the first connection that it gives. */
function discoverPools(onPool: (pool: object) => void): ModuleWatch {
  const close = listen<Trace>({
    [`${connectChannel}:asyncStart`]({ result }) {
      const pool = poolOf(result);
      if (pool !== null) onPool(pool);
    },
  });
  return { look() {}, close };
}

const poolOf = (connection: unknown): object | null => {
  const pool = ownField(connection, '_pool');
  return isMysqlPool(pool) ? pool : null;
};

function adapt(pool: MysqlPool): PoolAdapter {
  const target = mysqlTarget(pool.config.connectionConfig) ?? 'mysql2';
  return {
    name: target,
    kind: 'database',
    library: 'mysql2',
    target: () => target,
    read: () => ({
      used: pool._allConnections.length - pool._freeConnections.length,
      idle: pool._freeConnections.length,
      waiting: pool._connectionQueue.length,
      // 0 means that there is no limit.
      max: pool.config.connectionLimit || null,
      opening: countOpening(pool),
    }),
    isBusy: isMysqlConnectionBusy,
    isOut: (connection) =>
      ownField(connection, '_pool') === pool && ownField(connection, '_released') === false,
    hasEnded: () => ownField(pool, '_closed') === true,
    observe: (recorder) => observe(pool, target, recorder),
  };
}

/** A connection has a number of its server once the two have shaken hands. */
function countOpening({ _allConnections: all }: MysqlPool): number {
  let opening = 0;
  for (let index = 0; index < all.length; index += 1) {
    const connection = all.get?.(index) as { readonly threadId?: unknown } | undefined;
    if (connection !== undefined && typeof connection.threadId !== 'number') opening += 1;
  }
  return opening;
}

function observe(pool: MysqlPool, target: string, recorder: PoolRecorder): () => void {
  const fresh = new WeakSet<object>();
  const onConnection = (connection: object): void => void fresh.add(connection);
  pool.on('connection', onConnection);
  pool.on('release', recorder.returned);
  const endAsks = followAsks({
    pool,
    target,
    recorder,
    onGiven(connection, seconds) {
      // Who gets a new connection has waited for as long as it took to open.
      if (fresh.delete(connection)) recorder.created(seconds);
    },
  });
  return () => {
    pool.removeListener('connection', onConnection);
    pool.removeListener('release', recorder.returned);
    endAsks();
  };
}
