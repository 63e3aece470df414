import { FaultlineError } from '../../errors.js';
import type { RequestContext } from '../../protocol/incident.js';
import type { PoolReading } from '../../protocol/pool.js';
import type { Sensor } from '../sensor.js';
import { isPoolAdapter, type PoolAdapter } from './adapter.js';
import { guarded } from './guarded.js';
import type { GenericPool } from './libraries/generic-pool.js';
import type { HttpAgent } from './libraries/http-agent.js';
import { poolLibraries } from './libraries/index.js';
import type { IoRedisClient } from './libraries/ioredis.js';
import type { PublicMongoClient } from './libraries/mongodb.js';
import type { PublicMysqlPool } from './libraries/mysql2.js';
import type { PiscinaPool } from './libraries/piscina.js';
import type { RedisClient, RedisPool } from './libraries/redis.js';
import type { TarnPool } from './libraries/tarn.js';
import type { UndiciPool } from './libraries/undici.js';
import type { UndiciAgent } from './libraries/undici-agent.js';
import { type MatchedPool, matched, type PoolLibrary } from './library.js';
import { createOriginSampler, type ReaderWatch } from './origins.js';
import type { PgPool } from './pg.js';
import type { PoolEvents, WatchedPool } from './pool.js';

/** More pools than this are not watched: a program that opens pools without end must not fill our memory too. */
const poolsWatched = 1_000;
/** Pools of one library that were found by themselves: an Agent for each call must not leave the database's pool
 *  without a place. */
const foundMost = 200;
/** A pool that was found and has had nothing for so many readings is let go of; its next use finds it again. */
const emptyReadingsMost = 300;

/** A pool of a library that is known, or an adapter for any other. */
export type SupportedPool =
  | PgPool
  | PublicMysqlPool
  | PublicMongoClient
  | IoRedisClient
  | RedisPool
  | RedisClient
  | TarnPool
  | GenericPool
  | UndiciPool
  | UndiciAgent
  | HttpAgent
  | PiscinaPool
  | PoolAdapter;

/** The pools under watch, each once. */
export interface PoolSensor extends Sensor<readonly PoolReading[]> {
  /** Starts to watch a pool; a pool that is watched already keeps its name. Throws ERR_FAULTLINE_POOL when it
   *  is of no supported kind. Returns what stops the watch. */
  watch(pool: SupportedPool, name?: string): () => void;
  /** Watches a pool that was found; never throws. */
  found(pool: object): void;
  has(pool: object): boolean;
}

interface Entry {
  readonly name: string;
  readonly matched: MatchedPool;
  readonly pool: WatchedPool;
  /** Library that it was found by; null when the service has named the pool. */
  readonly foundBy: PoolLibrary | null;
  emptyReadings: number;
}

/** Reads every watched pool, about once a second; `currentRequest` tells whom a connection is taken for, and `readers`
 *  whose response waits for its reader. A pool that throws is left out of the reading, the others are not. */
export function startPoolSensor(
  events: PoolEvents,
  currentRequest: () => RequestContext | null = () => null,
  readers?: ReaderWatch,
): PoolSensor {
  const origins = createOriginSampler(currentRequest, Math.random, readers);
  const watched = new Map<object, Entry>();
  const names = new Set<string>();
  const foundBy = new Map<PoolLibrary, number>();
  const countFound = (library: PoolLibrary | null, change: number): void => {
    if (library !== null) foundBy.set(library, (foundBy.get(library) ?? 0) + change);
  };
  const start = (match: MatchedPool, name: string, library: PoolLibrary | null): void => {
    if (watched.has(match.pool) || watched.size >= poolsWatched) return;
    const unique = uniqueName(name, names);
    const pool = match.watch(unique, events, origins);
    names.add(unique);
    countFound(library, 1);
    watched.set(match.pool, { name: unique, matched: match, pool, foundBy: library, emptyReadings: 0 });
  };
  const stop = (pool: object): void => {
    const entry = watched.get(pool);
    if (entry === undefined) return;
    entry.pool.close();
    watched.delete(pool);
    names.delete(entry.name);
    countFound(entry.foundBy, -1);
  };
  const readEntry = (entry: Entry): PoolReading[] => {
    const [reading] = readOrNothing(entry.pool);
    if (reading === undefined) return [];
    const isEmpty = reading.usedCount + reading.idleCount + reading.pendingCount === 0;
    entry.emptyReadings = isEmpty ? entry.emptyReadings + 1 : 0;
    return [reading];
  };
  const hasEnded = guarded(({ matched: match }: Entry) => match.hasEnded());
  const isOver = (entry: Entry): boolean =>
    hasEnded(entry) === true ||
    (entry.foundBy?.isEndless === true && entry.emptyReadings >= emptyReadingsMost);

  return {
    watch(value, name) {
      const match = matchPool(value);
      if (match === null)
        throw new FaultlineError('ERR_FAULTLINE_POOL', `watchPool() takes ${supported}; got something else.`);
      start(match, name ?? match.name, null);
      return () => stop(match.pool);
    },
    found(value) {
      // Told at each use: what is watched already must cost nothing.
      if (watched.has(value) || watched.size >= poolsWatched) return;
      const found = findLibrary(value);
      if (found === null || (foundBy.get(found.library) ?? 0) >= foundMost) return;
      guarded(() => start(found.match, found.match.name, found.library))();
    },
    has: (pool) => watched.has(pool),
    read() {
      origins.nextSecond();
      // A program may open and end pools all day long; those that have ended must not be kept alive here.
      for (const [pool, entry] of watched) if (isOver(entry)) stop(pool);
      return [...watched.values()].flatMap(readEntry);
    },
    close() {
      for (const pool of watched.keys()) stop(pool);
    },
  };
}

const supported = `a pool of ${poolLibraries.map(({ name }) => name).join(', ')}, or an adapter with name, kind and read()`;

function matchPool(value: unknown): MatchedPool | null {
  if (typeof value !== 'object' || value === null) return null;
  if (isPoolAdapter(value)) return matched(value, value);
  return findLibrary(value)?.match ?? null;
}

function findLibrary(value: object): { readonly library: PoolLibrary; readonly match: MatchedPool } | null {
  for (const library of poolLibraries) {
    const match = guarded(() => library.match(value))();
    if (match !== null) return { library, match };
  }
  return null;
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
