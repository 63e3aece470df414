import { monotonicMs } from '../protocol/clock.js';
import type { Snapshot } from '../protocol/snapshot.js';
import type { Sensor } from './sensor.js';

/** The sensors of the main thread, one for each part of a snapshot. */
export type SnapshotSensors = {
  readonly [Part in Exclude<keyof Snapshot, 'atMs' | 'monotonicMs' | 'errors'>]: Sensor<Snapshot[Part]>;
};

/** Reads all sensors. One that throws gives null and is counted; the others are read all the same. */
export function createSnapshotReader(sensors: SnapshotSensors): () => Snapshot {
  // Known from the start, at 0: a counter that appears with its first failure has no increase to see.
  const errors = Object.fromEntries(Object.keys(sensors).map((name) => [name, 0]));
  const read = <Value>(name: string, sensor: Sensor<Value>): Value | null => {
    try {
      return sensor.read();
    } catch {
      errors[name] = (errors[name] ?? 0) + 1;
      return null;
    }
  };
  return () => ({
    atMs: Date.now(),
    monotonicMs: monotonicMs(),
    delay: read('delay', sensors.delay),
    utilization: read('utilization', sensors.utilization),
    gc: read('gc', sensors.gc),
    heap: read('heap', sensors.heap),
    resources: read('resources', sensors.resources),
    pools: read('pools', sensors.pools),
    dependencies: read('dependencies', sensors.dependencies),
    threadpool: read('threadpool', sensors.threadpool),
    inbound: read('inbound', sensors.inbound),
    requests: read('requests', sensors.requests),
    listeners: read('listeners', sensors.listeners),
    chaosFaults: read('chaosFaults', sensors.chaosFaults),
    errors: { ...errors },
  });
}
