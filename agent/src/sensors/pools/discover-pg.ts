import { type ModuleWatch, watchModuleClass } from '../module-cache.js';
import { isPgPool, type PgPool } from './pg.js';

const modulePattern = /[\\/]pg-pool[\\/]index\.js$/;

type PoolClass = { prototype: { connect: PgPool['connect'] } };

/** Finds pools of pg that the service makes, without a loader hook: pg-pool is CommonJS however it is imported,
 *  so once it is loaded its class stands in the module cache. connect() of the class then reports each pool
 *  that is used. Call `look` from time to time; it is cheap when nothing was loaded since. */
export const discoverPgPools = (onPool: (pool: PgPool) => void): ModuleWatch =>
  watchModuleClass(modulePattern, isPoolClass, (found) => wrapClass(found, onPool));

const isPoolClass = (value: unknown): value is PoolClass =>
  typeof value === 'function' &&
  typeof (value as { prototype?: { connect?: unknown } }).prototype?.connect === 'function';

function wrapClass({ prototype }: PoolClass, onPool: (pool: PgPool) => void): () => void {
  const original = prototype.connect;
  const wrapper: PgPool['connect'] = function connect(this: PgPool, callback) {
    try {
      if (isPgPool(this)) onPool(this);
    } catch {
      // Finding pools must never cost the service a connection.
    }
    return callback === undefined ? original.call(this) : original.call(this, callback);
  };
  prototype.connect = wrapper;
  return () => {
    if (prototype.connect === wrapper) prototype.connect = original;
  };
}
