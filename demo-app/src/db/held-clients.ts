import type { Pool, PoolClient } from 'pg';

/** Who has a connection of the pool, and since when. */
export interface HeldClients {
  /** Closes those that are held for at least so long without a query, and gives their places back. Returns how many.
   *  Unit: ms. */
  takeBack(heldMs: number): number;
}

/** pg counts connections that are out, but does not say which. */
export function watchHeldClients(pool: Pool): HeldClients {
  // Bounded by the size of the pool.
  const sinceMs = new Map<PoolClient, number>();
  pool.on('acquire', (client) => void sinceMs.set(client, performance.now()));
  pool.on('release', (_error, client) => void sinceMs.delete(client as PoolClient));
  pool.on('remove', (client) => void sinceMs.delete(client as PoolClient));
  return {
    takeBack(heldMs) {
      const nowMs = performance.now();
      let count = 0;
      for (const [client, takenMs] of sinceMs) {
        if (nowMs - takenMs < heldMs || isAsking(client)) continue;
        count += 1;
        client.release(new Error(`held for over ${heldMs} ms without a query, and taken back`));
      }
      return count;
    },
  };
}

/** pg has no public way to ask. */
const isAsking = (client: PoolClient): boolean =>
  Boolean((client as unknown as { readonly _activeQuery?: unknown })._activeQuery);
