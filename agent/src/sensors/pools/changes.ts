import type { PoolChanges, PoolReading } from '../../protocol/pool.js';

/** What has changed among the pools since it was asked the last time. A pool that was not looked at meanwhile has the same
 *  reading as before, and copying it to the sidecar again would cost more than all the rest. Null stays null. */
export type ReadChanges = (readings: readonly PoolReading[] | null) => PoolChanges | null;

export function createPoolChanges(): ReadChanges {
  const known = new Map<string, PoolReading>();
  return (readings) => {
    if (readings === null) return null;
    const looked: PoolReading[] = [];
    for (const reading of readings) {
      if (known.get(reading.name) === reading) continue;
      known.set(reading.name, reading);
      looked.push(reading);
    }
    // Names are unique: with as many as before, none is gone.
    return { looked, gone: known.size === readings.length ? [] : dropOthers(known, readings) };
  };
}

function dropOthers(known: Map<string, PoolReading>, readings: readonly PoolReading[]): string[] {
  const names = new Set(readings.map(({ name }) => name));
  const gone = [...known.keys()].filter((name) => !names.has(name));
  for (const name of gone) known.delete(name);
  return gone;
}
