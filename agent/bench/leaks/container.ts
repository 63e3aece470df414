import { type ControlGroup, createControlGroup } from '../cgroup.js';
import { tell } from '../command-line.js';

/** A container has room beside the heap, for code, stacks and buffers. */
const containerShare = 1.5;

/** Null where this machine makes none: then the memory of the machine is the limit of what lies outside the heap.
 *  Source: memory.max of cgroup v2, memory.limit_in_bytes of v1. */
export function containerFor(megabytes: number | null): ControlGroup | null {
  if (megabytes === null) return null;
  const bytes = String(megabytes * 1024 ** 2);
  const group = createControlGroup({
    controller: 'memory',
    v1: { 'memory.limit_in_bytes': bytes },
    v2: { 'memory.max': bytes },
  });
  if (typeof group === 'string') throw new Error(group);
  return group;
}

/** Limit of the containers; null where this machine makes none. Unit: MB. */
export function containerMbFor(heapMb: number): number | null {
  try {
    containerFor(heapMb)?.remove();
    return Math.round(heapMb * containerShare);
  } catch (error) {
    tell(`The programs run without a container: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
