import { clearTimeout, setTimeout } from 'node:timers';
import { countAllMs } from '../protocol/heap-profile.js';
import { createHeapSampler, type HeapSampler } from './heap-sampler.js';

/** V8's sampling heap profiler on the main thread, running all the time. */
export interface AllocationSampling extends Omit<HeapSampler, 'start'> {
  /** Begins anew and counts, for some seconds, also what has been dropped. */
  countAll(): void;
}

/** Samples allocations from now on, so that a later profile knows of what has been dropped, too. */
export function startAllocationSampling(sampler: HeapSampler = createHeapSampler()): AllocationSampling {
  let back: NodeJS.Timeout | null = null;
  sampler.start(false);
  return {
    countAll() {
      if (back !== null) clearTimeout(back);
      sampler.start(true);
      back = setTimeout(() => sampler.start(false), countAllMs).unref();
    },
    because: sampler.because,
    readingCollects: sampler.readingCollects,
    read: sampler.read,
    close() {
      if (back !== null) clearTimeout(back);
      sampler.close();
    },
  };
}
