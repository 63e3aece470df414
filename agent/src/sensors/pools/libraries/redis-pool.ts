import { nodeRedisTarget } from '../../dependencies/redis-commands.js';
import type { PoolAdapter, PoolAsk, PoolRecorder } from '../adapter.js';
import { guarded } from '../guarded.js';
import { wrapOwnMethod } from '../wrap-method.js';
import { countInFlight, followInFlight } from './redis-in-flight.js';

/** What is read from a pool of node-redis 5 and later: its public counters. */
export interface RedisPool {
  readonly idleClients: number;
  readonly clientsInUse: number;
  readonly totalClients: number;
  readonly tasksQueueLength: number;
  readonly isOpen: boolean;
  execute(work: never): Promise<unknown>;
}

type Work = (client: object) => unknown;

export function isRedisPool(value: object): value is RedisPool {
  const pool = value as Partial<RedisPool>;
  return (
    typeof pool.execute === 'function' &&
    typeof pool.clientsInUse === 'number' &&
    typeof pool.idleClients === 'number' &&
    typeof pool.tasksQueueLength === 'number' &&
    typeof pool.isOpen === 'boolean'
  );
}

/** Clients that a pool under watch has given to somebody. */
const lent = new WeakSet<object>();
export const isLent = (client: object): boolean => lent.has(client);

/** It has no event for those who ask, so execute() of the one pool is wrapped, through which each of its commands goes. */
export function adaptPool(pool: RedisPool): PoolAdapter {
  let target = targetInName(pool) ?? 'redis';
  let wasOpen = pool.isOpen;
  const watch = createWatch(pool, (client) => {
    lent.add(client);
    target = nodeRedisTarget(client);
  });
  return {
    name: target,
    kind: 'database',
    library: 'redis',
    target: () => target,
    read: watch.read,
    // Those before 5.12 do not tell of their commands.
    isBusy(client) {
      const id: unknown = (client as { readonly _clientId?: unknown })._clientId;
      return typeof id === 'string' ? countInFlight(id) > 0 : null;
    },
    hasEnded() {
      wasOpen ||= pool.isOpen;
      return wasOpen && !pool.isOpen;
    },
    observe: watch.observe,
  };
}

/** A pool gets its own name, `host:port/database-number`, from 5.12 on; a part that the service leaves out is unknown. */
function targetInName(pool: object): string | null {
  const id: unknown = (pool as { readonly identity?: { readonly id?: unknown } }).identity?.id;
  const [, host, port] = /^(\S+):(\w+)\/\w+-[0-9a-f]{8}$/.exec(String(id)) ?? [];
  if (host === undefined || host === 'unknown') return null;
  return `${host}:${port === 'unknown' ? 6379 : port}`;
}

function createWatch(pool: RedisPool, onClient: (client: object) => void) {
  /** Clients out that execute() gave while it was followed. */
  let out = 0;
  /** Clients that were out already when the watch began. */
  let unseen = pool.clientsInUse;
  /** The pool keeps its limit to itself. It shows when somebody has to wait and no client is opened for it. */
  let max: number | null = null;

  const read = () => {
    const used = pool.clientsInUse;
    unseen = Math.min(unseen, Math.max(0, used - out));
    const opening = Math.max(0, used - out - unseen);
    return { used, idle: pool.idleClients, waiting: pool.tasksQueueLength, max, opening };
  };
  const lend =
    (work: Work, ask: PoolAsk, recorder: PoolRecorder): Work =>
    (client) => {
      out += 1;
      guarded(onClient)(client);
      ask.given(client);
      const back = (): void => {
        out -= 1;
        recorder.returned(client);
      };
      return passThrough(() => work(client), back);
    };

  const observe = (recorder: PoolRecorder): (() => void) => {
    const endInFlight = followInFlight();
    const restore = wrapOwnMethod(pool, 'execute', (call, parameters, top) => {
      const ask = recorder.ask(top);
      const [work] = parameters;
      if (typeof work === 'function') parameters[0] = lend(work as Work, ask, recorder);
      const { totalClients, tasksQueueLength } = pool;
      const result = call();
      if (pool.tasksQueueLength > tasksQueueLength && pool.totalClients === totalClients) max = totalClients;
      if (!(result instanceof Promise)) return result;
      // The caller gets the end of this chain: beside it, a rejection that nobody handles would count as handled.
      return result.then(undefined, (error: unknown) => {
        ask.failed(isTimeout(error) ? 'timeout' : undefined);
        throw error;
      });
    });
    return () => {
      restore();
      endInFlight();
    };
  };
  return { read, observe };
}

const isTimeout = (error: unknown): boolean =>
  /^Timeout waiting for a client/.test(String((error as { readonly message?: unknown } | null)?.message));

/** Does what somebody wants done, and tells when that is over. The pool handles the outcome in any case. */
function passThrough(work: () => unknown, over: () => void): unknown {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    over();
    throw error;
  }
  if (result instanceof Promise) result.then(over, over);
  else over();
  return result;
}
