import { monotonicMs } from '../../../protocol/clock.js';
import type { PoolAdapter, PoolAsk, PoolRecorder } from '../adapter.js';
import { isConnectionBusy, targetOfConnection } from '../busy.js';
import { discoverClass } from '../discover-class.js';
import { guarded } from '../guarded.js';
import { matched, type PoolLibrary } from '../library.js';
import { ownField } from '../own-field.js';

/** What is read from a pool of tarn 3, which knex uses: its public counters and events. */
export interface TarnPool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
  numPendingCreates(): number;
  acquire(): unknown;
  on(event: string, listener: (...parameters: unknown[]) => void): void;
  removeListener(event: string, listener: (...parameters: unknown[]) => void): void;
}

/** Tarn tells of everything but of a new pool, so only the class is wrapped to find those. */
export const tarn: PoolLibrary = {
  name: 'tarn',
  match: (value) => (isTarnPool(value) ? matched(value, adapt(value)) : null),
  discover: (onPool) =>
    discoverClass(
      { file: /[\\/]tarn[\\/]dist[\\/]Pool\.js$/, exportedAs: 'Pool', method: 'acquire' },
      onPool,
    ),
};

function isTarnPool(value: unknown): value is TarnPool {
  const pool = value as Partial<TarnPool> | null;
  return (
    typeof pool === 'object' &&
    pool !== null &&
    typeof pool.numUsed === 'function' &&
    typeof pool.numFree === 'function' &&
    typeof pool.numPendingAcquires === 'function' &&
    typeof pool.numPendingCreates === 'function' &&
    typeof pool.on === 'function'
  );
}

function adapt(pool: TarnPool): PoolAdapter {
  let target = 'tarn';
  return {
    name: 'tarn',
    kind: 'database',
    library: 'tarn',
    target: () => target,
    read() {
      const opening = pool.numPendingCreates();
      const max: unknown = ownField(pool, 'max');
      return {
        used: pool.numUsed() + opening,
        idle: pool.numFree(),
        // Tarn counts the caller that a connection is made for as one that waits, too.
        waiting: Math.max(0, pool.numPendingAcquires() - opening),
        max: typeof max === 'number' ? max : null,
        opening,
      };
    },
    isBusy: isConnectionBusy,
    hasEnded: () => ownField(pool, 'destroyed') === true,
    observe: (recorder) =>
      observe(pool, recorder, (resource) => {
        target = targetOfConnection(resource) ?? target;
      }),
  };
}

/** More that is under way than this is not followed. */
const underWayMost = 10_000;

function observe(pool: TarnPool, recorder: PoolRecorder, onResource: (resource: object) => void): () => void {
  const asks = new Map<unknown, PoolAsk>();
  const creations = new Map<unknown, number>();
  const answer = (id: unknown): PoolAsk | undefined => {
    const ask = asks.get(id);
    asks.delete(id);
    return ask;
  };
  const listeners: Record<string, (...parameters: unknown[]) => void> = {
    acquireRequest: (id) => {
      if (asks.size < underWayMost) asks.set(id, recorder.ask());
    },
    acquireSuccess(id, resource) {
      answer(id)?.given(resource);
      if (typeof resource === 'object' && resource !== null) onResource(resource);
    },
    acquireFail: (id, error) =>
      answer(id)?.failed(
        (error as Error | null)?.constructor?.name === 'TimeoutError' ? 'timeout' : undefined,
      ),
    release: (resource) => recorder.returned(resource as object),
    destroySuccess: (_id, resource) => recorder.returned(resource as object),
    createRequest: (id) => {
      if (creations.size < underWayMost) creations.set(id, monotonicMs());
    },
    createSuccess(id) {
      const beganMs = creations.get(id);
      creations.delete(id);
      if (beganMs !== undefined) recorder.created((monotonicMs() - beganMs) / 1_000);
    },
    createFail: (id) => void creations.delete(id),
  };
  const entries = Object.entries(listeners).map(([event, listener]) => [event, guarded(listener)] as const);
  for (const [event, listener] of entries) pool.on(event, listener);
  return () => {
    for (const [event, listener] of entries) pool.removeListener(event, listener);
  };
}
