import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { monotonicMs } from '../protocol/clock.js';
import { isYoungSpace } from '../protocol/heap-spaces.js';
import type { HeapFloor } from '../protocol/snapshot.js';

/** What is left just after a major collection. Young spaces are left out: between the collection and this reading
 *  the program has gone on, and fills them by megabytes. Costs some 10 µs. */
export function readHeapFloor(): HeapFloor {
  const bytes = getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !isYoungSpace(name))
    .reduce((sum, { space_used_size: used }) => sum + used, 0);
  return { atMs: monotonicMs(), bytes, externalBytes: getHeapStatistics().external_memory };
}
