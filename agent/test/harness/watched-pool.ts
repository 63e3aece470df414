import type { TestContext } from 'node:test';
import type { PoolReading } from '../../src/protocol/pool.js';
import { type SupportedPool, startPoolSensor } from '../../src/sensors/pools/registry.js';
import { recordedEvents } from './fake-pool.js';

/** One pool under the agent's own watch. */
export interface WatchedByTest {
  read(): PoolReading;
  /** Ends the watch. */
  stop(): void;
  readonly told: readonly string[];
}

/** The request that each caller of a watched pool serves. */
export const servedRequest = { route: 'GET /report', traceId: null, spanId: null };

/** Watches a pool as watchPool() does, until the test ends. */
export function watchInTest(t: TestContext, pool: SupportedPool, name = 'main'): WatchedByTest {
  const events = recordedEvents();
  const sensor = startPoolSensor(events, () => servedRequest);
  const stop = sensor.watch(pool, name);
  t.after(() => sensor.close());
  return {
    read() {
      const [reading] = sensor.read();
      if (reading === undefined) throw new Error('the pool is not watched');
      return reading;
    },
    stop,
    told: events.told,
  };
}

/** The counts of a reading, in the order used, idle, waiting, most. */
export const countsOf = ({ usedCount, idleCount, pendingCount, maxCount }: PoolReading) => [
  usedCount,
  idleCount,
  pendingCount,
  maxCount,
];

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
