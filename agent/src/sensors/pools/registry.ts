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
import { createPoolLooks, type LookedAt } from './looks.js';
import { createOriginSampler, type ReaderWatch } from './origins.js';
import type { PgPool } from './pg.js';
import type { PoolEvents } from './pool.js';

/** More pools than this are not watched: a program that opens pools without end must not fill our memory too. */
const poolsWatched = 1_000;
/** Pools of one library that were found by themselves: an Agent for each call must not leave the database's pool
 *  without a place. */
const foundMost = 200;
/** A pool that was found and has had nothing for so many seconds is let go of; its next use finds it again. */
const emptyLooksMost = 300;

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

interface Entry extends LookedAt {
  readonly name: string;
  readonly matched: MatchedPool;
  /** Library that it was found by; null when the service has named the pool. */
  readonly foundBy: PoolLibrary | null;
}

/** Reads every watched pool, about once a second; of very many, those that were not looked at have the reading of before.
 *  `currentRequest` tells whom a connection is taken for, and `readers` whose response waits for its reader. A pool that
 *  throws is left out of the reading, the others are not. */
export function startPoolSensor(
  events: PoolEvents,
  currentRequest: () => RequestContext | null = () => null,
  readers?: ReaderWatch,
): PoolSensor {
  const origins = createOriginSampler(currentRequest, Math.random, readers);
  const watched = new Map<object, Entry>();
  const names = new Set<string>();
  const foundBy = new Map<PoolLibrary, number>();
  const looks = createPoolLooks<Entry>();
  const countFound = (library: PoolLibrary | null, change: number): void => {
    if (library !== null) foundBy.set(library, (foundBy.get(library) ?? 0) + change);
  };
  const start = (match: MatchedPool, name: string, library: PoolLibrary | null): void => {
    if (watched.has(match.pool) || watched.size >= poolsWatched) return;
    const unique = uniqueName(name, names);
    const pool = match.watch(unique, events, origins);
    names.add(unique);
    countFound(library, 1);
    const unread = { newest: null, emptySince: null };
    const entry = { name: unique, matched: match, pool, foundBy: library, ...unread };
    watched.set(match.pool, entry);
    looks.add(entry);
  };
  const stop = (pool: object): void => {
    const entry = watched.get(pool);
    if (entry === undefined) return;
    entry.pool.close();
    watched.delete(pool);
    looks.delete(entry);
    names.delete(entry.name);
    countFound(entry.foundBy, -1);
  };
  const hasEnded = guarded(({ matched: match }: Entry) => match.hasEnded());
  const letGo = (entry: Entry, emptyLooks: number): boolean => {
    // A program may open and end pools all day long; those that have ended must not be kept alive here.
    const isForgotten = entry.foundBy?.isEndless === true && emptyLooks >= emptyLooksMost;
    const isOver = isForgotten || hasEnded(entry) === true;
    if (isOver) stop(entry.matched.pool);
    return isOver;
  };

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
      looks.look(letGo);
      const readings: PoolReading[] = [];
      for (const { newest } of watched.values()) if (newest !== null) readings.push(newest);
      return readings;
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
