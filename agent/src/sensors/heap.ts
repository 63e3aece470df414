import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import type { HeapReading } from '../protocol/snapshot.js';
import type { Sensor } from './sensor.js';

/** V8's heap by space, its limit, and the memory that lives outside of it. Unit: bytes.
 *  process.memoryUsage() throws when file descriptors have run out, so its part alone may be null. */
export function startHeapSensor(): Sensor<HeapReading> {
  return {
    read() {
      const heap = getHeapStatistics();
      return {
        totalBytes: heap.total_heap_size,
        usedBytes: heap.used_heap_size,
        limitBytes: heap.heap_size_limit,
        externalBytes: heap.external_memory,
        arrayBuffersBytes: readArrayBuffers(),
        spaces: getHeapSpaceStatistics().map((space) => ({
          name: space.space_name,
          totalBytes: space.space_size,
          usedBytes: space.space_used_size,
          availableBytes: space.space_available_size,
          physicalBytes: space.physical_space_size,
        })),
      };
    },
    close() {},
  };
}

function readArrayBuffers(): number | null {
  try {
    return process.memoryUsage().arrayBuffers;
  } catch {
    return null;
  }
}
