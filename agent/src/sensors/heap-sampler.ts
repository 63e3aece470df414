import { Session } from 'node:inspector';
import v8 from 'node:v8';
import type { HeapProfile } from '../protocol/heap-profile.js';

/** One allocation in about so many bytes is sampled. A heap is suspected to leak when it has grown by several times as much,
 *  so that the site of that has some samples; a sample costs some 5 to 10 µs. `npm run bench -- sampling` and `leaks` tell. */
const intervalBytes = 2 * 1_024 * 1_024;
/** Callers of an allocation that are kept; as many as the inspector keeps. */
const stackDepth = 128;

/** V8's sampling heap profiler of this thread, which there is only one of. */
export interface HeapSampler {
  /** Begins anew. `collected` counts what has been dropped as well as what lives. */
  start(collected: boolean): void;
  /** Why nothing is sampled, or null. */
  because(): string | null;
  /** Whether V8 collects all garbage, with a pause, before it tells what it has sampled. */
  readonly readingCollects: boolean;
  /** What has been sampled, read in this thread; null when there is nothing, or a session of the sidecar can read it just
   *  as well. */
  read(): HeapProfile | null;
  close(): void;
}

interface HeapProfileOptions {
  readonly sampleInterval: number;
  readonly stackDepth: number;
  readonly includeObjectsCollectedByMajorGC: boolean;
  readonly includeObjectsCollectedByMinorGC: boolean;
}
type StartHeapProfile = (options?: HeapProfileOptions) => { stop(): string };

/** Node's own function where there is one, because only what it has started can be read without a collection. The
 *  inspector shares what another tool has started. */
export function createHeapSampler(): HeapSampler {
  const { startHeapProfile } = v8 as { startHeapProfile?: StartHeapProfile };
  if (startHeapProfile === undefined || isTaken(startHeapProfile)) return samplerOfInspector();
  return samplerOfNode(startHeapProfile);
}

function isTaken(startHeapProfile: StartHeapProfile): boolean {
  try {
    startHeapProfile().stop();
    return false;
  } catch {
    return true;
  }
}

/** Source: node:v8 startHeapProfile(). */
function samplerOfNode(startHeapProfile: StartHeapProfile): HeapSampler {
  let running: { stop(): string } | null = null;
  let because: string | null = null;
  const stop = (): void => {
    running?.stop();
    running = null;
  };
  return {
    readingCollects: false,
    start(collected) {
      try {
        stop();
        running = startHeapProfile({
          sampleInterval: intervalBytes,
          stackDepth,
          includeObjectsCollectedByMajorGC: collected,
          includeObjectsCollectedByMinorGC: collected,
        });
        because = null;
      } catch (error) {
        because = describe(error);
      }
    },
    because: () => because,
    read: () => null,
    close: stop,
  };
}

/** The session belongs to this thread: unlike one from another thread it neither keeps the process alive nor makes it
 *  wait for a debugger at its end. It only has to stay open: the profiler ends with the session that has started it, and
 *  that without a collection, which HeapProfiler.stopSampling would make. Source: CDP HeapProfiler. */
function samplerOfInspector(): HeapSampler {
  let session: Session | null = null;
  let because: string | null = null;
  const post = (method: string, parameters: object = {}): void =>
    session?.post(method, parameters, (error) => {
      if (error !== null) because = describe(error);
    });
  const connect = (): void => {
    try {
      session = new Session();
      session.connect();
    } catch (error) {
      session = null;
      because = describe(error);
    }
  };
  const disconnect = (): void => {
    session?.disconnect();
    session = null;
  };
  connect();
  const isShared = isSampling(session);
  return {
    readingCollects: true,
    start(collected) {
      // What another tool has started would end for it, too.
      if (isShared) return;
      because = null;
      disconnect();
      connect();
      post('HeapProfiler.startSampling', {
        samplingInterval: intervalBytes,
        includeObjectsCollectedByMajorGC: collected,
        includeObjectsCollectedByMinorGC: collected,
      });
    },
    because: () => because,
    read: () => readProfile(session),
    close: disconnect,
  };
}

/** V8 has no profile to tell where nothing samples, and says so at once. */
function isSampling(session: Session | null): boolean {
  let answer = false;
  session?.post('HeapProfiler.getSamplingProfile', (error) => (answer = error === null));
  return answer;
}

/** A session of the same thread answers before `post` returns. */
function readProfile(session: Session | null): HeapProfile | null {
  let profile: HeapProfile | null = null;
  session?.post('HeapProfiler.getSamplingProfile', (error, reply) => {
    if (error === null) profile = (reply as unknown as { profile?: HeapProfile }).profile ?? null;
  });
  return profile;
}

const describe = (error: unknown): string => String((error as { message?: string })?.message ?? error);
