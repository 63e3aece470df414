import type { ModuleWatch } from '../../module-cache.js';
import { discoverClass } from '../discover-class.js';
import { matched, type PoolLibrary } from '../library.js';
import { adaptClient, isRedisClient, type RedisClient } from './redis-client.js';
import { adaptPool, isLent, isRedisPool, type RedisPool } from './redis-pool.js';

/** The pools of node-redis 5 and later, and its clients from 5.12 on, each of which is one connection that commands wait
 *  for while it is not there. */
export const redis: PoolLibrary = {
  name: 'redis',
  match(value) {
    const own = behindProxy(value as object);
    if (isRedisPool(own)) return matched(own, adaptPool(own));
    return isRedisClient(own) ? matched(own, adaptClient(own)) : null;
  },
  discover: (onPool) => both(discoverPools(onPool), discoverClients(onPool)),
};

export type { RedisClient, RedisPool };

/** What the service has is an object that leads to the pool or client, and there may be many for the same one. */
const behindProxy = (value: object): object => {
  const own: unknown = (value as { readonly _self?: unknown })._self;
  return typeof own === 'object' && own !== null ? own : value;
};

const discoverPools = (onPool: (pool: object) => void): ModuleWatch =>
  discoverClass(
    {
      file: /[\\/]@redis[\\/]client[\\/]dist[\\/]lib[\\/]client[\\/]pool\.js$/,
      exportedAs: 'RedisClientPool',
      method: 'execute',
    },
    (pool) => onPool(behindProxy(pool)),
  );

/** A client that works has no queue: it is found when it is asked while it has no connection. */
const discoverClients = (onPool: (pool: object) => void): ModuleWatch =>
  discoverClass(
    {
      file: /[\\/]@redis[\\/]client[\\/]dist[\\/]lib[\\/]client[\\/]index\.js$/,
      exportedAs: 'default',
      method: 'sendCommand',
    },
    (client) => {
      if ((client as RedisClient).isReady) return;
      const own = behindProxy(client);
      // Those of a pool are counted there.
      if (!isLent(own)) onPool(own);
    },
  );

const both = (one: ModuleWatch, other: ModuleWatch): ModuleWatch => ({
  look() {
    one.look();
    other.look();
  },
  close() {
    one.close();
    other.close();
  },
});
