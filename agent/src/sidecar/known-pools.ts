import type { SentSnapshot } from '../protocol/messages.js';
import type { PoolReading } from '../protocol/pool.js';
import type { Snapshot } from '../protocol/snapshot.js';

/** Makes whole snapshots of those that the main thread sends: a pool that was not looked at this time has its newest reading,
 *  the same object as before. As many pools as the main thread watches. */
export function createKnownPools(): (sent: SentSnapshot) => Snapshot {
  const known = new Map<string, PoolReading>();
  return ({ pools, ...snapshot }) => {
    if (pools === null) return { ...snapshot, pools: null };
    for (const name of pools.gone) known.delete(name);
    for (const reading of pools.looked) known.set(reading.name, reading);
    return { ...snapshot, pools: [...known.values()] };
  };
}
