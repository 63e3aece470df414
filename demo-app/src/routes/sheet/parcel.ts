import type { Pool } from 'pg';
import type { Product, ProductRow } from '../../product.js';
import { toProduct } from '../../product.js';

/** Reads what goes into a parcel. Null when there is no such product. */
export type ReadParcel = (id: number) => Promise<Product | null>;

/** Whoever packs stands and waits: rather no sheet than a late one. */
const limitedRead = 'begin read only; set local statement_timeout = 2000';

/** Takes a connection of its own, because its time limit belongs to the connection, and gives it back on every way
 *  out. The bad twin is parcel-leaking.ts. */
export function createParcelReader(pool: Pool): ReadParcel {
  return async function readParcel(id) {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      await client.query(limitedRead);
      const { rows } = await client.query<ProductRow>('select * from products where id = $1', [id]);
      await client.query('commit');
      return rows[0] === undefined ? null : toProduct(rows[0]);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // After a failure nobody knows what state it is in, so that it is closed; the next caller gets a new one.
      client.release(failure);
    }
  };
}
