import type { ProfileRequest } from '../../protocol/profile.js';

/** One command of the Chrome DevTools Protocol to the main thread; rejects with what V8 says. */
export type Post = (method: string, parameters?: object) => Promise<unknown>;

/** How a profile is begun and ended. Between the two the main thread goes on with its work. */
export interface Recording {
  begin(post: Post): Promise<void>;
  /** The profile, as viewers read it. */
  end(post: Post): Promise<unknown>;
}

/** Ten times as often costs more and shows no more lines in a profile of seconds. Unit: µs. */
const cpuIntervalUs = 1_000;
/** Short enough that a profile of five seconds says something about 1 MB/s; 32 KiB slows allocation down. */
const heapIntervalBytes = 128 * 1024;

/** Where the main thread spends its time, as `.cpuprofile`. Code that is on the stack at the beginning is missing from
 *  it, so it must not begin in a block. Source: CDP Profiler. */
const cpu: Recording = {
  async begin(post) {
    await post('Profiler.enable');
    await post('Profiler.setSamplingInterval', { interval: cpuIntervalUs });
    await post('Profiler.start');
  },
  end: async (post) => ((await post('Profiler.stop')) as { profile?: unknown }).profile,
};

/** Where memory is allocated, as `.heapprofile`. Source: CDP HeapProfiler. */
function heap(objects: ProfileRequest['objects']): Recording {
  const dropped = objects === 'all';
  return {
    async begin(post) {
      await post('HeapProfiler.startSampling', {
        samplingInterval: heapIntervalBytes,
        includeObjectsCollectedByMajorGC: dropped,
        includeObjectsCollectedByMinorGC: dropped,
      });
    },
    end: async (post) => ((await post('HeapProfiler.stopSampling')) as { profile?: unknown }).profile,
  };
}

/** V8 has one sampling heap profiler. Where the agent runs it all the time, it is read and left running: the profile
 *  then holds what has been allocated since the start of the agent and is alive. */
function runningHeap(readingCollects: boolean): Recording {
  return {
    begin: async () => {},
    async end(post) {
      // Whoever asks for what is alive does not want to see garbage.
      if (!readingCollects) await post('HeapProfiler.collectGarbage');
      return ((await post('HeapProfiler.getSamplingProfile')) as { profile?: unknown }).profile;
    },
  };
}

/** What the agent does with V8's sampling heap profiler anyway. */
export interface RunningSampler {
  /** Whether the agent samples allocations all the time. */
  readonly samplesHeap: boolean;
  /** Whether V8 collects all garbage before it tells what it has sampled. */
  readonly readingCollects: boolean;
}

export function recordingFor({ kind, objects }: ProfileRequest, running: RunningSampler): Recording {
  if (kind === 'cpu') return cpu;
  return running.samplesHeap ? runningHeap(running.readingCollects) : heap(objects);
}
