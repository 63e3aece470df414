import { LRUCache } from 'lru-cache';

/** A cache in front of product reads. */
export interface Cache<Value> {
  /** Undefined when the key is absent or too old. */
  get(key: number): Value | undefined;
  set(key: number, value: Value): void;
  /** Number of entries held, never more than the limit. */
  size(): number;
  /** Lets go of everything, for whoever switches the cache off because memory is short. */
  release?(): void;
}

/** Keeps the entries used last, at most `maxEntries` of them and none older than `ttlMs`. */
export function createBoundedCache<Value extends object>(limits: {
  readonly maxEntries: number;
  readonly ttlMs: number;
}): Cache<Value> {
  const entries = new LRUCache<number, Value>({ max: limits.maxEntries, ttl: limits.ttlMs });
  return {
    get: (key) => entries.get(key),
    set: (key, value) => void entries.set(key, value),
    size: () => entries.size,
    release: () => entries.clear(),
  };
}
