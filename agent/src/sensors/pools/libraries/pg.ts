import { discoverPgPools } from '../discover-pg.js';
import type { PoolLibrary } from '../library.js';
import { isPgPool, pgPoolName, watchPgPool } from '../pg.js';

/** pg-pool, which is watched closer than the rest: its connections tell when they begin to open. */
export const pg: PoolLibrary = {
  name: 'pg',
  match: (pool) =>
    isPgPool(pool)
      ? {
          pool,
          name: pgPoolName(pool),
          watch: (name, events, origins) => watchPgPool(pool, name, events, origins),
          hasEnded: () => pool.ended === true,
        }
      : null,
  discover: discoverPgPools,
};
