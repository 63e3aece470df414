import { metricCatalog } from '../../catalog/metrics.js';
import { monotonicMs } from '../../protocol/clock.js';
import { createHistogram } from '../../protocol/histogram.js';
import { guarded } from './guarded.js';
import { createHolders } from './holders.js';
import type { OriginSampler } from './origins.js';
import { isPgClientQuerying, pgClientTarget } from './pg-client.js';
import { wrapConnect } from './pg-connect.js';
import { watchOpenings } from './pg-new-client.js';
import type { PoolEvents, WatchedPool } from './pool.js';

/** The method that callers get their connection by. */
export type Connect = (this: PgPool, callback?: (error: unknown, ...rest: unknown[]) => unknown) => unknown;

/** What is read from a pool of `pg` (pg-pool 3): a structure, so that nothing here depends on the driver. */
export interface PgPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  /** True once end() has closed the last connection. */
  readonly ended?: boolean;
  readonly options: {
    readonly max?: number | undefined;
    readonly host?: string | undefined;
    readonly port?: number | string | undefined;
    readonly database?: string | undefined;
    readonly connectionString?: string | undefined;
  };
  connect: Connect;
  /** Not documented; opens another connection for a caller. */
  newClient?: (...parameters: unknown[]) => unknown;
  /** Not documented; every connection, those that are being opened included. */
  readonly _clients?: unknown;
  on(
    event: 'acquire' | 'connect' | 'release' | 'remove',
    listener: (...parameters: unknown[]) => void,
  ): unknown;
  removeListener(event: string, listener: (...parameters: unknown[]) => void): unknown;
}

/** Whether a value looks like a pool of `pg`. Never throws. */
export function isPgPool(value: unknown): value is PgPool {
  const pool = value as Partial<PgPool> | null;
  return (
    typeof pool === 'object' &&
    pool !== null &&
    typeof pool.connect === 'function' &&
    typeof pool.on === 'function' &&
    typeof pool.totalCount === 'number' &&
    typeof pool.idleCount === 'number' &&
    typeof pool.waitingCount === 'number' &&
    typeof pool.options === 'object'
  );
}

/** Name by OpenTelemetry's convention, `server.address:server.port/db.namespace`; never a user or a password. */
export function pgPoolName(pool: PgPool): string {
  const { connectionString, host, port, database } = pool.options;
  if (connectionString !== undefined && URL.canParse(connectionString)) {
    const url = new URL(connectionString);
    return `${url.hostname || 'localhost'}:${url.port || '5432'}${url.pathname}`;
  }
  return `${host ?? 'localhost'}:${port ?? 5432}/${database ?? ''}`;
}

/** Counts come from the pool's own fields, use time from its events. There is no event for a caller that waits,
 *  so connect() of this one pool is wrapped; it returns and throws exactly what the original does. */
export function watchPgPool(
  pool: PgPool,
  name: string,
  events: PoolEvents,
  origins: OriginSampler,
): WatchedPool {
  const waitTime = createHistogram(metricCatalog.poolWaitTime.buckets ?? []);
  const useTime = createHistogram(metricCatalog.poolUseTime.buckets ?? []);
  const createTime = createHistogram(metricCatalog.poolCreateTime.buckets ?? []);
  const holders = createHolders(isPgClientQuerying);
  const openings = watchOpenings(pool);
  let target = pgPoolName(pool);
  let asked = 0;
  let timeouts = 0;
  let fewestWaiting = pool.waitingCount;
  const noteQueue = (): void => {
    fewestWaiting = Math.min(fewestWaiting, pool.waitingCount);
  };

  const onAcquire = guarded((client) => {
    noteQueue();
    holders.acquired(client as object);
  });
  const onConnect = guarded((client) => {
    const openedMs = openings.opened(client as object);
    target = pgClientTarget(client as object) ?? target;
    if (openedMs === null) return;
    createTime.record(openedMs / 1_000);
    events.onCreate(name, openedMs / 1_000);
  });
  const onRelease = guarded((_error, client) => {
    const heldMs = holders.released(client as object);
    if (heldMs === null) return;
    useTime.record(heldMs / 1_000);
    events.onUse(name, heldMs / 1_000);
  });
  const onRemove = guarded((client) => void holders.released(client as object));
  const listeners = [
    ['acquire', onAcquire],
    ['connect', onConnect],
    ['release', onRelease],
    ['remove', onRemove],
  ] as const;
  for (const [event, listener] of listeners) pool.on(event, listener);
  const unwrap = wrapConnect(pool, origins, {
    onAsk() {
      asked += 1;
    },
    onGiven({ startedMs, origin }, client) {
      holders.tell(client as object, origin);
      const seconds = (monotonicMs() - startedMs) / 1_000;
      waitTime.record(seconds);
      events.onWait(name, seconds);
    },
    onFailed(error) {
      noteQueue();
      if (!isAcquireTimeout(error)) return;
      timeouts += 1;
      events.onTimeout(name);
    },
  });

  return {
    read(room) {
      noteQueue();
      const pendingMinCount = fewestWaiting;
      fewestWaiting = pool.waitingCount;
      return {
        name,
        kind: 'database',
        library: 'pg',
        target,
        usedCount: pool.totalCount - pool.idleCount,
        idleCount: pool.idleCount,
        pendingCount: pool.waitingCount,
        pendingMinCount,
        maxCount: pool.options.max ?? null,
        openingCount: openings.count(),
        asked,
        timeouts,
        waitTime: waitTime.read(),
        useTime: useTime.read(),
        createTime: createTime.read(),
        held: holders.read(fewestWaiting > 0, room),
      };
    },
    close() {
      for (const [event, listener] of listeners) pool.removeListener(event, listener);
      unwrap();
      openings.close();
    },
  };
}

/** pg-pool has no code on these errors; their messages have been the same since version 2. The first means that no
 *  connection became free in time, the others that a new one was not ready in time. */
const timeoutMessages = [
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
  'timeout expired',
];
const isAcquireTimeout = (error: unknown): boolean =>
  error instanceof Error && timeoutMessages.some((message) => error.message.includes(message));
