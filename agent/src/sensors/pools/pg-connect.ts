import { monotonicMs } from '../../protocol/clock.js';
import { guarded } from './guarded.js';
import type { Origin, OriginSampler } from './origins.js';
import type { Connect, PgPool } from './pg.js';

/** One call of connect() that has not been answered yet. */
export interface Ask {
  readonly startedMs: number;
  /** Null when this caller was not looked at. */
  readonly origin: Origin | null;
}

/** What is told of each call. */
export interface AskEvents {
  onAsk(): void;
  onGiven(ask: Ask, client: unknown): void;
  onFailed(error: unknown): void;
}

/** Follows connect() of one pool, which returns and throws what the original does. Returns what undoes it. */
export function wrapConnect(pool: PgPool, origins: OriginSampler, events: AskEvents): () => void {
  const had = Object.hasOwn(pool, 'connect');
  const original = pool.connect;
  const begin = guarded((top: Connect): Ask => {
    events.onAsk();
    return { startedMs: monotonicMs(), origin: origins.look(top) };
  });
  const onGiven = guarded(events.onGiven);
  const onFailed = guarded(events.onFailed);
  const wrapper: Connect = function connect(this: PgPool, callback) {
    const ask = begin(wrapper);
    if (ask === null) return original.call(this, callback);
    if (typeof callback === 'function') {
      return original.call(this, (error, ...rest) => {
        if (error) onFailed(error);
        else onGiven(ask, rest[0]);
        return callback(error, ...rest);
      });
    }
    const result = original.call(this, callback);
    if (!(result instanceof Promise)) return result;
    // The caller gets the end of this chain: beside it, a rejection that nobody handles would count as handled.
    return result.then(
      (client: unknown) => {
        onGiven(ask, client);
        return client;
      },
      (error: unknown) => {
        onFailed(error);
        throw error;
      },
    );
  };
  pool.connect = wrapper;
  return () => {
    // Somebody may have wrapped the wrapper; then it stays, and does no harm.
    if (pool.connect !== wrapper) return;
    if (had) pool.connect = original;
    else Reflect.deleteProperty(pool, 'connect');
  };
}
