import { monotonicMs } from '../protocol/clock.js';
import type { Sensor } from './sensor.js';

/** Listing resources costs time by their number. What took longer than this twice in a row is kept for longer; once may
 *  have been the machine that was busy with somebody else. Unit: ms. */
const dearMs = 0.5;
const readingsToSkipPerMs = 20;

/** Number of resources that keep the loop alive, by type. Source: process.getActiveResourcesInfo().
 *  With tens of thousands of sockets the list is not read every second: its cost stays below a few percent
 *  of a per mille of the main thread. */
export function startResourcesSensor(): Sensor<Readonly<Record<string, number>>> {
  let newest: Readonly<Record<string, number>> = {};
  let skip = 0;
  let beforeMs = 0;
  return {
    read() {
      if (skip > 0) {
        skip -= 1;
        return newest;
      }
      const startedMs = monotonicMs();
      newest = countByType(process.getActiveResourcesInfo());
      const tookMs = monotonicMs() - startedMs;
      const surelyMs = Math.min(tookMs, beforeMs);
      if (surelyMs > dearMs) skip = Math.ceil(surelyMs * readingsToSkipPerMs);
      beforeMs = surelyMs > dearMs ? 0 : tookMs;
      return newest;
    },
    close() {},
  };
}

function countByType(types: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of types) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
