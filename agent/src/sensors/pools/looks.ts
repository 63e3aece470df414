import type { PoolReading } from '../../protocol/pool.js';
import { createHolderRooms, type HolderRoom } from './holder-room.js';
import type { WatchedPool } from './pool.js';
import { createTurns } from './turns.js';

/** Pools that are looked at, once a second: as many as take the main thread less than a millisecond. */
const looksMost = 50;

/** A pool, and what it has shown. */
export interface LookedAt {
  readonly pool: WatchedPool;
  /** Null before the first look, and when it threw. */
  newest: PoolReading | null;
  /** Number of the look from which on it has had nothing; null while it has something. */
  emptySince: number | null;
}

/** Looks at pools, about once a second; of very many, at those first that callers waited for, and at the others in turn. */
export interface PoolLooks<Entry extends LookedAt> {
  add(entry: Entry): void;
  delete(entry: Entry): void;
  /** What is not looked at keeps its reading. `letGo` is asked before each look, and told for how many times the pool has had
   *  nothing; a pool that it lets go of is not looked at. */
  look(letGo: (entry: Entry, emptyLooks: number) => boolean): void;
}

export function createPoolLooks<Entry extends LookedAt>(): PoolLooks<Entry> {
  const turns = createTurns<Entry>(looksMost);
  let count = 0;
  const lookAt = (entry: Entry, room: HolderRoom): PoolReading | null => {
    const reading = readOrNull(entry.pool, room);
    entry.newest = reading;
    if (reading === null) return null;
    const isEmpty = reading.usedCount + reading.idleCount + reading.pendingCount === 0;
    entry.emptySince = isEmpty ? (entry.emptySince ?? count) : null;
    return reading;
  };
  return {
    add: turns.add,
    delete: turns.delete,
    look(letGo) {
      count += 1;
      const rooms = createHolderRooms();
      turns.next((entry, left) => {
        if (letGo(entry, count - (entry.emptySince ?? count))) return false;
        const reading = lookAt(entry, rooms.next(left));
        if (reading === null) return false;
        rooms.take(reading.held);
        return reading.pendingCount > 0;
      });
    },
  };
}

function readOrNull(pool: WatchedPool, room: HolderRoom): PoolReading | null {
  try {
    return pool.read(room);
  } catch {
    return null;
  }
}
