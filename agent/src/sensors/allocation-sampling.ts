import { Session } from 'node:inspector';
import { clearTimeout, setTimeout } from 'node:timers';
import { countAllMs } from '../protocol/heap-profile.js';

/** One allocation in about so many bytes is sampled: the cost is lost in the noise, and a leak of 1 MB/s still gets
 *  two samples a second. */
const intervalBytes = 512 * 1024;

/** V8's sampling heap profiler on the main thread. */
export interface AllocationSampling {
  /** Begins anew and counts, for some seconds, also what has been dropped. */
  countAll(): void;
  /** Why nothing is sampled, or null. */
  because(): string | null;
  close(): void;
}

/** Samples allocations from now on, so that a later profile knows of what has been dropped, too. The session belongs
 *  to this thread: unlike one from another thread it neither keeps the process alive nor makes it wait for a debugger
 *  at its end. It only has to stay open; the sidecar reads the profile through a session of its own.
 *  Source: CDP HeapProfiler.startSampling. */
export function startAllocationSampling(): AllocationSampling {
  let session: Session | null = null;
  let because: string | null = null;
  const post = (method: string, parameters: object = {}): void =>
    session?.post(method, parameters, (error) => {
      if (error !== null) because = String((error as { message?: string }).message ?? error);
    });
  let back: NodeJS.Timeout | null = null;
  const sample = (collected: boolean): void => {
    post('HeapProfiler.stopSampling');
    because = null;
    post('HeapProfiler.startSampling', {
      samplingInterval: intervalBytes,
      includeObjectsCollectedByMajorGC: collected,
      includeObjectsCollectedByMinorGC: collected,
    });
  };
  try {
    session = new Session();
    session.connect();
    sample(false);
  } catch (error) {
    because = error instanceof Error ? error.message : String(error);
  }
  return {
    countAll() {
      if (back !== null) clearTimeout(back);
      sample(true);
      back = setTimeout(() => sample(false), countAllMs).unref();
    },
    because: () => because,
    close() {
      if (back !== null) clearTimeout(back);
      // The profiler ends with the session that has started it.
      session?.disconnect();
      session = null;
    },
  };
}
