import { nameOfOrigin } from '../../dependencies/targets.js';
import type { PoolAdapter } from '../adapter.js';
import { discoverClass } from '../discover-class.js';
import { matched, type PoolLibrary } from '../library.js';
import { ownSymbolField } from '../own-field.js';
import { adaptAgent, isUndiciAgent } from './undici-agent.js';
import { observeSockets } from './undici-sockets.js';

/** What is read from a Pool of undici 7. */
export interface UndiciPool {
  readonly stats: {
    readonly connected: number;
    readonly free: number;
    readonly pending: number;
    readonly queued: number;
  };
  readonly destroyed: boolean;
  on(event: 'connect', listener: () => void): unknown;
  removeListener(event: string, listener: () => void): unknown;
  dispatch(...parameters: never[]): unknown;
}

/** Counts are the pool's own statistics; what its connections do comes from the channels of undici. Only the class is
 *  wrapped, to find pools, those that an Agent makes for each origin among them. */
export const undici: PoolLibrary = {
  name: 'undici',
  match(value) {
    if (isUndiciPool(value)) return matched(value, adapt(value));
    return isUndiciAgent(value) ? matched(value, adaptAgent(value)) : null;
  },
  discover(onPool) {
    // Asked at each request, so that whether a pool has a limit is found out once.
    const limited = new WeakMap<object, boolean>();
    const isLimited = (pool: object): boolean => {
      const known = limited.get(pool) ?? (isUndiciPool(pool) && limitOf(pool) !== null);
      limited.set(pool, known);
      return known;
    };
    return discoverClass(
      { file: /[\\/]undici[\\/]lib[\\/](dispatcher[\\/])?pool\.js$/, method: 'dispatch' },
      // Without a limit nobody ever waits, and an Agent has as many of these as there are origins.
      (pool) => void (isLimited(pool) && onPool(pool)),
    );
  },
};

function isUndiciPool(value: unknown): value is UndiciPool {
  const pool = value as Partial<UndiciPool> | null;
  return (
    typeof pool === 'object' &&
    pool !== null &&
    typeof pool.dispatch === 'function' &&
    typeof pool.on === 'function' &&
    typeof pool.stats?.free === 'number' &&
    typeof pool.stats.queued === 'number'
  );
}

function limitOf(pool: UndiciPool): number | null {
  const limit = ownSymbolField(pool, 'connections');
  return typeof limit === 'number' && limit > 0 ? limit : null;
}

function targetOf(pool: UndiciPool): string {
  const url = ownSymbolField(pool, 'url');
  return url instanceof URL ? nameOfOrigin(url.origin) : 'undici';
}

function adapt(pool: UndiciPool): PoolAdapter {
  const target = targetOf(pool);
  const max = limitOf(pool);
  const unanswered = new WeakSet<object>();
  return {
    name: target === 'undici' ? target : `undici:${target}`,
    kind: 'http',
    library: 'undici',
    target: () => target,
    read() {
      const { connected, free, pending, queued } = pool.stats;
      // What has a connection and does not run on it waits until that is open.
      const opening = Math.max(0, Math.min(pending - queued, (max ?? Infinity) - connected));
      return { used: connected - free + opening, idle: free, waiting: queued, max, opening };
    },
    isBusy: (request) => unanswered.has(request),
    hasEnded: () => pool.destroyed,
    observe: (recorder) => observeSockets(pool, unanswered, recorder),
  };
}
