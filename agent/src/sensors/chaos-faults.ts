import { activeFaultsKey } from '../protocol/chaos.js';
import type { Sensor } from './sensor.js';

const faultsShown = 32;

/** Ids of the chaos faults that run in this process, so that nobody mistakes a drill for an outage. */
export function startChaosFaultsSensor(): Sensor<readonly string[]> {
  return {
    read() {
      const active = (globalThis as Record<symbol, unknown>)[activeFaultsKey];
      return active instanceof Map ? [...active.keys()].map(String).slice(0, faultsShown) : [];
    },
    close() {},
  };
}
