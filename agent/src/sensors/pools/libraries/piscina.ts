import { basename } from 'node:path';
import type { PoolAdapter, PoolRecorder } from '../adapter.js';
import { discoverClass } from '../discover-class.js';
import { guarded } from '../guarded.js';
import { matched, type PoolLibrary } from '../library.js';

/** What is read from a Piscina 5: its public fields. */
export interface PiscinaPool {
  readonly threads: readonly unknown[];
  readonly idleThreads: number;
  readonly queueSize: number;
  readonly completed: number;
  readonly options: {
    readonly maxThreads: number;
    readonly minThreads: number;
    readonly filename?: string | null;
  };
  /** Null when it does not keep times. Unit: ms. */
  readonly histogram?: { readonly runTime?: Summary | null; readonly waitTime?: Summary | null } | null;
  run(...parameters: never[]): unknown;
  on(event: 'drain' | 'close', listener: () => void): unknown;
  removeListener(event: string, listener: () => void): unknown;
}
interface Summary {
  readonly average: number;
}

/** Counters are public. Times are known as means only, so each task counts with the mean of its second. */
export const piscina: PoolLibrary = {
  name: 'piscina',
  match: (value) => (isPiscina(value) ? matched(value, adapt(value)) : null),
  discover: (onPool) =>
    discoverClass(
      { file: /[\\/]piscina[\\/]dist[\\/](src[\\/])?index\.js$/, exportedAs: 'Piscina', method: 'run' },
      onPool,
    ),
};

function isPiscina(value: unknown): value is PiscinaPool {
  const pool = value as Partial<PiscinaPool> | null;
  return (
    typeof pool === 'object' &&
    pool !== null &&
    typeof pool.run === 'function' &&
    Array.isArray(pool.threads) &&
    typeof pool.idleThreads === 'number' &&
    typeof pool.queueSize === 'number' &&
    typeof pool.completed === 'number' &&
    typeof pool.options?.maxThreads === 'number'
  );
}

function adapt(pool: PiscinaPool): PoolAdapter {
  const { filename } = pool.options;
  const name = typeof filename === 'string' ? `piscina:${basename(filename)}` : 'piscina';
  let isClosed = false;
  let tell = (): void => {};
  return {
    name,
    kind: 'threads',
    library: 'piscina',
    read() {
      tell();
      const { length } = pool.threads;
      const idle = Math.min(pool.idleThreads, length);
      return {
        used: length - idle,
        idle,
        waiting: pool.queueSize,
        max: pool.options.maxThreads,
      };
    },
    // A pool with a minimum of threads has none only after destroy().
    hasEnded: () => isClosed || (pool.options.minThreads > 0 && pool.threads.length === 0),
    observe(recorder) {
      const onDrain = guarded(() => recorder.queueChanged());
      const onClose = (): void => {
        isClosed = true;
      };
      pool.on('drain', onDrain);
      pool.on('close', onClose);
      tell = createTeller(pool, recorder);
      return () => {
        pool.removeListener('drain', onDrain);
        pool.removeListener('close', onClose);
        tell = () => {};
      };
    },
  };
}

/** More tasks a second than this are not told one by one. */
const tasksTold = 10_000;

/** Tells of the tasks that have begun and ended since it was called before. */
function createTeller(pool: PiscinaPool, recorder: PoolRecorder): () => void {
  const tellRuns = createMeanTeller(recorder.used);
  const tellWaits = createMeanTeller(recorder.waited);
  return () => {
    const { completed, histogram, threads, idleThreads } = pool;
    tellRuns(completed, histogram?.runTime?.average);
    tellWaits(completed + threads.length - idleThreads, histogram?.waitTime?.average);
  };
}

/** A mean over all values and their number give the mean of those that are new. */
function createMeanTeller(tell: (seconds: number) => void): (count: number, averageMs?: number) => void {
  let countBefore = 0;
  let sumBefore = 0;
  return (count, averageMs) => {
    const news = Math.min(count - countBefore, tasksTold);
    if (averageMs === undefined || !Number.isFinite(averageMs) || news <= 0) return;
    const sum = averageMs * count;
    const seconds = Math.max(0, sum - sumBefore) / (count - countBefore) / 1_000;
    countBefore = count;
    sumBefore = sum;
    for (let index = 0; index < news; index += 1) tell(seconds);
  };
}
