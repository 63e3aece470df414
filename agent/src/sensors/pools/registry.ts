import { FaultlineError } from '../../errors.js';
import type { RequestContext } from '../../protocol/incident.js';
import type { PoolReading } from '../../protocol/pool.js';
import type { Sensor } from '../sensor.js';
import { createOriginSampler } from './origins.js';
import { isPgPool, type PgPool, pgPoolName, watchPgPool } from './pg.js';
import type { PoolEvents, WatchedPool } from './pool.js';

/** More pools than this are not watched: a program that opens pools without end must not fill our memory too. */
const poolsWatched = 1_000;

/** Every pool that can be watched. */
export type SupportedPool = PgPool;

/** The pools under watch, each once. */
export interface PoolSensor extends Sensor<readonly PoolReading[]> {
  /** Starts to watch a pool; a pool that is watched already keeps its name. Throws ERR_FAULTLINE_POOL when it
   *  is of no supported kind. Returns what stops the watch. */
  watch(pool: SupportedPool, name?: string): () => void;
  has(pool: object): boolean;
}

/** Reads every watched pool, about once a second; `currentRequest` tells whom a connection is taken for. A pool that throws is left out of the reading, the others are not. */
export function startPoolSensor(
  events: PoolEvents,
  currentRequest: () => RequestContext | null = () => null,
): PoolSensor {
  const origins = createOriginSampler(currentRequest);
  const watched = new Map<PgPool, { readonly name: string; readonly pool: WatchedPool }>();
  const names = new Set<string>();
  const stop = (pool: PgPool): void => {
    const entry = watched.get(pool);
    if (entry === undefined) return;
    entry.pool.close();
    watched.delete(pool);
    names.delete(entry.name);
  };
  return {
    watch(pool, name) {
      if (!isPgPool(pool)) {
        throw new FaultlineError('ERR_FAULTLINE_POOL', 'watchPool() takes a pool of pg; got something else.');
      }
      if (!watched.has(pool) && watched.size < poolsWatched) {
        const unique = uniqueName(name ?? pgPoolName(pool), names);
        names.add(unique);
        watched.set(pool, { name: unique, pool: watchPgPool(pool, unique, events, origins) });
      }
      return () => stop(pool);
    },
    has: (pool) => watched.has(pool as PgPool),
    read() {
      origins.nextSecond();
      // A program may open and end pools all day long; those that have ended must not be kept alive here.
      for (const pool of watched.keys()) if (pool.ended === true) stop(pool);
      return [...watched.values()].flatMap(({ pool }) => readOrNothing(pool));
    },
    close() {
      for (const pool of watched.keys()) stop(pool);
    },
  };
}

/** Two pools to the same database are two lines on a chart. */
function uniqueName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let copy = 2;
  while (taken.has(`${name}#${copy}`)) copy += 1;
  return `${name}#${copy}`;
}

function readOrNothing(pool: WatchedPool): PoolReading[] {
  try {
    return [pool.read()];
  } catch {
    return [];
  }
}
