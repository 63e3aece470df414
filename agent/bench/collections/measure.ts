import { Session } from 'node:inspector';
import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { HeapProfile } from '../../src/protocol/heap-profile.js';
import type { GcPause } from '../../src/protocol/snapshot.js';
import { type AllocationSampling, startAllocationSampling } from '../../src/sensors/allocation-sampling.js';
import { gcKindOf } from '../../src/sensors/gc.js';
import { askForCollection } from '../../src/sensors/gentle-collection.js';
import { readMarked } from '../../src/sensors/marked-reading.js';
import { createCollectionRequests } from '../../src/sidecar/collection-requests.js';
import { createProfileReadings } from '../../src/sidecar/profile-readings.js';
import { type Estimate, estimateMedian } from '../statistics.js';

/** What holds the main thread up. */
export const kinds = [
  'nothing',
  'a collection that is asked for',
  'a heap profile as the agent reads it',
  'a heap profile that is read at once',
  'a forced collection',
] as const;

/** How long the event loop stood still at the most, in each round. Unit: ms. */
export interface Pauses {
  readonly kind: (typeof kinds)[number];
  readonly heap: Heap;
  readonly pauseMs: Estimate;
  readonly longestMs: number;
}

/** What a process keeps, in small objects of some 80 bytes, as parsed JSON is. V8 may take a heap of one huge array for
 *  marked while another thread still goes through it, and then marks the rest with the main thread standing still. */
const heaps = [
  { heapMb: 20, arrays: 'many arrays' },
  { heapMb: 150, arrays: 'many arrays' },
  { heapMb: 400, arrays: 'many arrays' },
  { heapMb: 400, arrays: 'one array' },
] as const;
type Heap = (typeof heaps)[number];
const objectsPerMb = 12_500;
const objectsPerArray = 1_000;
/** A collection that is marked beside the main thread has ended by then. Unit: ms. */
const watchedMs = 1_000;

/** A process that keeps so much and goes on allocating, as services do. */
function liveOn({ heapMb, arrays }: Heap) {
  const length = arrays === 'many arrays' ? objectsPerArray : heapMb * objectsPerMb;
  const kept = Array.from({ length: (heapMb * objectsPerMb) / length }, () =>
    Array.from({ length }, (_, id) => ({ id, of: { id } })),
  );
  let longestMs = 0;
  let seenMs = performance.now();
  let dropped: object[] = [];
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - seenMs);
    dropped = Array.from({ length: 200 }, (_, id) => ({ id, text: `dropped ${id}` }));
    seenMs = performance.now();
  }, 1);
  return {
    async longestPause(work: () => unknown): Promise<number> {
      longestMs = 0;
      await work();
      await delay(watchedMs);
      return longestMs;
    },
    /** What is kept is kept up to here. */
    end: () => clearInterval(timer) ?? kept.length + dropped.length,
  };
}

/** The agent's way to a profile, with everything in one thread. */
function readingAgent(sampling: AllocationSampling) {
  const session = new Session();
  session.connect();
  const collections = createCollectionRequests({
    now: () => performance.now(),
    askForCollection,
    schedule: (delayMs, work) => void setTimeout(work, delayMs).unref(),
  });
  const observer = new PerformanceObserver((list) => {
    const pauses = list.getEntries().map(pauseOf);
    collections.note(pauses);
    if (pauses.some(({ kind }) => kind === 'major')) collections.heard(performance.now());
  });
  observer.observe({ entryTypes: ['gc'] });
  const readings = createProfileReadings({
    now: () => performance.now(),
    read: () =>
      new Promise((resolve) =>
        session.post('HeapProfiler.getSamplingProfile', (_error, reply) =>
          resolve((reply as unknown as { profile: HeapProfile }).profile),
        ),
      ),
    readMarked: (afterMs) => readMarked(afterMs, sampling.read),
    readingCollects: sampling.readingCollects,
    collections,
    locate: (frame) => ({ ...frame, origin: 'service' }),
  });
  return {
    session,
    read: () => readings.take('alive'),
    close() {
      observer.disconnect();
      session.disconnect();
    },
  };
}

const pauseOf = (entry: PerformanceEntry): GcPause => ({
  kind: gcKindOf(entry),
  startedMs: entry.startTime,
  durationMs: entry.duration,
});

export async function measurePauses(rounds: number, tell: (text: string) => void): Promise<Pauses[]> {
  const sampling = startAllocationSampling();
  const agent = readingAgent(sampling);
  const { session } = agent;
  const works: Readonly<Record<(typeof kinds)[number], () => unknown>> = {
    nothing: () => {},
    'a collection that is asked for': askForCollection,
    'a heap profile as the agent reads it': agent.read,
    'a heap profile that is read at once': () => session.post('HeapProfiler.getSamplingProfile'),
    'a forced collection': () => session.post('HeapProfiler.collectGarbage'),
  };
  try {
    const rows: Pauses[] = [];
    for (const heap of heaps) {
      tell(`${heap.heapMb} MB in ${heap.arrays}`);
      const life = liveOn(heap);
      const pauses = new Map(kinds.map((kind) => [kind, [] as number[]]));
      for (let round = 0; round < rounds; round += 1) {
        for (const kind of kinds) pauses.get(kind)!.push(await life.longestPause(works[kind]));
      }
      life.end();
      for (const [kind, all] of pauses)
        rows.push({ kind, heap, pauseMs: estimateMedian(all), longestMs: Math.max(...all) });
    }
    return rows;
  } finally {
    agent.close();
    sampling.close();
  }
}
