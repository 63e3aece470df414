import { performance } from 'node:perf_hooks';
import type { UtilizationReading } from '../protocol/snapshot.js';
import type { Sensor } from './sensor.js';

/** Share of the time since the previous reading that the event loop was busy, and the totals since the start.
 *  Source: performance.eventLoopUtilization(), the difference of two readings; never the average since start. */
export function startUtilizationSensor(): Sensor<UtilizationReading> {
  let previous: ReturnType<typeof performance.eventLoopUtilization> | null = null;
  return {
    read() {
      const now = performance.eventLoopUtilization();
      const ratio = previous && performance.eventLoopUtilization(now, previous).utilization;
      previous = now;
      return { ratio, activeMs: now.active, idleMs: now.idle };
    },
    close() {},
  };
}
