import type { PoolAdapter, PoolRecorder } from '../adapter.js';
import { isConnectionBusy, targetOfConnection } from '../busy.js';
import { discoverClass } from '../discover-class.js';
import { guarded } from '../guarded.js';
import { matched, type PoolLibrary } from '../library.js';
import { ownField } from '../own-field.js';
import { wrapOwnMethod } from '../wrap-method.js';

/** What is read from a pool of generic-pool 3: its public counters. */
export interface GenericPool {
  readonly borrowed: number;
  readonly available: number;
  readonly pending: number;
  readonly size: number;
  readonly max: number;
  acquire(priority?: number): PromiseLike<unknown>;
  isBorrowedResource(resource: unknown): boolean;
}

/** Generic-pool has events for errors only: acquire(), release() and destroy() of the one pool are wrapped. */
export const genericPool: PoolLibrary = {
  name: 'generic-pool',
  match: (value) => (isGenericPool(value) ? matched(value, adapt(value)) : null),
  discover: (onPool) =>
    discoverClass({ file: /[\\/]generic-pool[\\/]lib[\\/]Pool\.js$/, method: 'acquire' }, onPool),
};

function isGenericPool(value: unknown): value is GenericPool {
  const pool = value as Partial<GenericPool> | null;
  return (
    typeof pool === 'object' &&
    pool !== null &&
    typeof pool.acquire === 'function' &&
    typeof pool.isBorrowedResource === 'function' &&
    typeof pool.borrowed === 'number' &&
    typeof pool.pending === 'number'
  );
}

function adapt(pool: GenericPool): PoolAdapter {
  let target = 'generic-pool';
  return {
    name: 'generic-pool',
    kind: 'other',
    library: 'generic-pool',
    target: () => target,
    read() {
      // Those that are in neither state are being made, or tried before somebody gets them.
      const opening = Math.max(0, pool.size - pool.borrowed - pool.available);
      return {
        used: pool.borrowed + opening,
        idle: pool.available,
        waiting: pool.pending,
        max: pool.max,
        opening,
      };
    },
    isBusy: isConnectionBusy,
    isOut: (resource) => pool.isBorrowedResource(resource),
    hasEnded: () => ownField(pool, '_draining') === true && pool.size === 0,
    observe: (recorder) =>
      observe(
        pool,
        recorder,
        guarded((resource: object) => {
          target = targetOfConnection(resource) ?? target;
        }),
      ),
  };
}

function observe(
  pool: GenericPool,
  recorder: PoolRecorder,
  onResource: (resource: object) => void,
): () => void {
  const ends = [
    wrapOwnMethod(pool, 'acquire', (call, _parameters, top) => {
      const ask = recorder.ask(top);
      // The caller gets the end of this chain: beside it, a rejection that nobody handles would count as handled.
      return (call() as PromiseLike<unknown>).then(
        (resource) => {
          ask.given(resource);
          if (typeof resource === 'object' && resource !== null) onResource(resource);
          return resource;
        },
        (error: unknown) => {
          ask.failed((error as Error | null)?.name === 'TimeoutError' ? 'timeout' : undefined);
          throw error;
        },
      );
    }),
    ...['release', 'destroy'].map((method) =>
      wrapOwnMethod(pool, method, (call, [resource]) => {
        if (typeof resource === 'object' && resource !== null) recorder.returned(resource);
        return call();
      }),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}
