import type { Pool, PoolClient } from 'pg';
import { type Product, type ProductRow, toProduct } from '../../product.js';
import type { OnHarm } from '../../twin-switch.js';
import type { ReadParcel } from './parcel.js';

/** What the leaking reader is made with. */
export interface LeakingParcelOptions {
  /** Whether the twin should be gone by now; then it asks for what is there. */
  readonly expired: () => boolean;
  /** Called when a connection has been lost. */
  readonly onLeak: OnHarm;
}

/** A reader, and what its bad habit has cost so far. */
export interface LeakingParcels {
  readonly read: ReadParcel;
  /** Gives back every connection that was lost. */
  giveBack(): void;
}

/** The reader as it was first written: it gives the connection back after the query, so that a query that fails keeps
 *  it. And it does fail, because the code was rolled out before the migration that brings the column. The good twin is
 *  parcel.ts. */
export function createLeakingParcels(pool: Pool, { expired, onLeak }: LeakingParcelOptions): LeakingParcels {
  // Bounded by the pool, which has no more to lose. For the end of the fault alone: a real leak remembers nothing.
  const lost = new Set<PoolClient>();
  let isOver = false;
  const onLost = (client: PoolClient): void => {
    if (isOver) {
      giveBackOnce(client);
    } else {
      lost.add(client);
      onLeak();
    }
  };
  return {
    // Who has waited for a connection until the fault was over asks for what is there.
    read: (id) => readParcelWithClass(pool, id, () => (expired() ? '*' : '*, parcel_class'), onLost),
    giveBack() {
      isOver = true;
      for (const client of lost) giveBackOnce(client);
      lost.clear();
    },
  };
}

async function readParcelWithClass(
  pool: Pool,
  id: number,
  columns: () => string,
  onLost: (client: PoolClient) => void,
): Promise<Product | null> {
  const client = await pool.connect();
  const reading = client.query<ProductRow>(`select ${columns()} from products where id = $1`, [id]);
  reading.catch(() => onLost(client));
  const { rows } = await reading;
  client.release();
  return rows[0] === undefined ? null : toProduct(rows[0]);
}

/** Somebody may have taken it back already. */
function giveBackOnce(client: PoolClient): void {
  try {
    client.release(true);
  } catch {
    // pg-pool throws for a second release.
  }
}
