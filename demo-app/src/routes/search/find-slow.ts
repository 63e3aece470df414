import type { Pool } from 'pg';
import { escapeLike, type FindProducts } from '../../db/products.js';
import { type ProductRow, toProduct } from '../../product.js';
import type { OnHarm } from '../../twin-switch.js';

/** What the slow search is made with. */
export interface SlowSearchOptions {
  /** Time that a search takes in the server. Unit: s. */
  readonly seconds: number;
  /** Whether the twin should be gone by now; then it takes no time. */
  readonly expired: () => boolean;
  /** Called when a slow search begins. */
  readonly onSlow: OnHarm;
}

/** Searches as if the index on names were gone and the table a hundred times as large: the statement stays in the server
 *  for seconds. It rests there, so that the machine has its CPU for others. The good twin is list() of db/products.ts. */
export function createSlowSearch(pool: Pool, { seconds, expired, onSlow }: SlowSearchOptions): FindProducts {
  return async function searchWithoutIndex({ search, afterId, limit }) {
    const pause = expired() ? 0 : seconds;
    if (pause > 0) onSlow();
    const { rows } = await pool.query<ProductRow>(
      `with scan as materialized (select pg_sleep($4))
       select products.* from scan, products
       where name ilike $3 and id > $1 order by id limit $2`,
      [afterId, limit, `%${escapeLike(search)}%`, pause],
    );
    return rows.map(toProduct);
  };
}
