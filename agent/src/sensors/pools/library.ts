import type { ModuleWatch } from '../module-cache.js';
import type { PoolAdapter } from './adapter.js';
import type { OriginSampler } from './origins.js';
import type { PoolEvents, WatchedPool } from './pool.js';
import { watchAdapter } from './watch-adapter.js';

/** A library whose pools can be watched. One file in `libraries/` for each; the list is in `libraries/index.ts`. */
export interface PoolLibrary {
  /** As it is called in a registry of packages. */
  readonly name: string;
  /** Null for a value that is no pool of this library. */
  match(value: unknown): MatchedPool | null;
  /** Its pools have no end that could be seen: those that were found are let go of when they have been empty for long. */
  readonly isEndless?: boolean;
  /** Tells of pools that the service makes, each time that one is used. */
  discover(onPool: (pool: object) => void): ModuleWatch;
}

/** A pool whose library is known. */
export interface MatchedPool {
  /** The pool itself, where the value was a wrapper of it. */
  readonly pool: object;
  /** Name where the service gives none. */
  readonly name: string;
  watch(name: string, events: PoolEvents, origins: OriginSampler): WatchedPool;
  /** True once it has ended for good. */
  hasEnded(): boolean;
}

/** The usual way to be watched: through an adapter. */
export const matched = (pool: object, adapter: PoolAdapter): MatchedPool => ({
  pool,
  name: adapter.name,
  watch: (name, events, origins) => watchAdapter(adapter, name, events, origins),
  hasEnded: () => adapter.hasEnded?.() ?? false,
});
