import type { PoolAdapter, PoolCounts } from './adapter.js';
import { guarded } from './guarded.js';
import { createHolders } from './holders.js';
import type { OriginSampler } from './origins.js';
import type { PoolEvents, WatchedPool } from './pool.js';
import { createPoolTimes } from './pool-times.js';
import { createRecorder } from './recorder.js';

/** Watches any pool through its adapter: counts are read, times and holders are told by the adapter's recorder. */
export function watchAdapter(
  adapter: PoolAdapter,
  name: string,
  events: PoolEvents,
  origins: OriginSampler,
): WatchedPool {
  const times = createPoolTimes(name, events);
  const isOut = guarded((thing: object) => adapter.isOut?.(thing) ?? true);
  const holders = createHolders(
    guarded((thing: object) => adapter.isBusy?.(thing) ?? null),
    (thing) => isOut(thing) ?? true,
  );
  // An adapter that cannot be read now may be readable later.
  let counts: PoolCounts = guarded(() => adapter.read())() ?? nothing;
  let fewestWaiting = counts.waiting;
  let asked = 0;
  const noteQueue = (): void => {
    // Once it has been empty nothing less can be seen, so that a pool without a queue costs nothing here.
    if (fewestWaiting > 0) fewestWaiting = Math.min(fewestWaiting, adapter.read().waiting);
  };
  const recorder = createRecorder({ times, holders, origins, noteQueue });
  const end = guarded(() => adapter.observe?.(recorder))();

  /** A pool that does not tell of each caller has served those that are done and those that it serves now. */
  const countAsked = (): number => {
    const { asked: told, taken } = recorder.counts();
    if (told > 0) return told + taken;
    const served = taken > 0 ? taken + (counts.opening ?? 0) : times.uses() + counts.used;
    return Math.max(asked, served + counts.waiting);
  };

  return {
    read(room) {
      counts = adapter.read();
      asked = countAsked();
      const pendingMinCount = Math.min(fewestWaiting, counts.waiting);
      fewestWaiting = counts.waiting;
      return {
        name,
        kind: adapter.kind,
        library: adapter.library ?? 'custom',
        target: adapter.target?.() ?? name,
        usedCount: counts.used,
        idleCount: counts.idle,
        pendingCount: counts.waiting,
        pendingMinCount,
        maxCount: counts.max,
        openingCount: counts.opening ?? 0,
        asked,
        ...times.read(),
        held: holders.read(counts.waiting > 0, room),
      };
    },
    close: () => void guarded(() => end?.())(),
  };
}

const nothing: PoolCounts = { used: 0, idle: 0, waiting: 0, max: null };
