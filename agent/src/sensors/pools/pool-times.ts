import { metricCatalog } from '../../catalog/metrics.js';
import { createHistogram, type Histogram } from '../../protocol/histogram.js';
import type { PoolReading } from '../../protocol/pool.js';
import type { PoolEvents } from './pool.js';

/** Times of one pool, in seconds, and its callers who gave up. */
export interface PoolTimes {
  waited(seconds: number): void;
  used(seconds: number): void;
  created(seconds: number): void;
  timedOut(): void;
  /** How many uses have ended. */
  uses(): number;
  read(): Pick<PoolReading, 'timeouts' | 'waitTime' | 'useTime' | 'createTime'>;
}

/** Counts each time, and tells `events` of it. Whatever is no time of at least 0 s is left out. */
export function createPoolTimes(name: string, events: PoolEvents): PoolTimes {
  const waitTime = createHistogram(metricCatalog.poolWaitTime.buckets ?? []);
  const useTime = createHistogram(metricCatalog.poolUseTime.buckets ?? []);
  const createTime = createHistogram(metricCatalog.poolCreateTime.buckets ?? []);
  let uses = 0;
  let timeouts = 0;
  const counted = (histogram: Histogram, tell: PoolEvents['onUse']) => (seconds: number) => {
    if (!(seconds >= 0 && seconds < Infinity)) return false;
    histogram.record(seconds);
    tell(name, seconds);
    return true;
  };
  const countUse = counted(useTime, events.onUse);
  return {
    waited: counted(waitTime, events.onWait),
    used(seconds) {
      if (countUse(seconds)) uses += 1;
    },
    created: counted(createTime, events.onCreate),
    timedOut() {
      timeouts += 1;
      events.onTimeout(name);
    },
    uses: () => uses,
    read: () => ({
      timeouts,
      waitTime: waitTime.read(),
      useTime: useTime.read(),
      createTime: createTime.read(),
    }),
  };
}
