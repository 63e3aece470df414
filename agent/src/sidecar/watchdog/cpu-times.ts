import { monotonicMs } from '../../protocol/clock.js';
import { createThrottlingReader } from './cgroup.js';
import { readSmallFile } from './small-file.js';

/** Twice the longest time between two ticks of a kernel (100 Hz). */
const tickMs = 20;

const readThrottling = createThrottlingReader();

/** CPU accounting of one thread since its start. Unit: ms. */
export interface CpuTimes {
  /** Time on a CPU. */
  readonly onCpuMs: number;
  /** Time ready to run without getting a CPU. */
  readonly runQueueMs: number;
  /** Time that CPU quotas held the process back, over all its threads; null where there is no quota. */
  readonly throttledMs: number | null;
  /** Whether the thread runs or is ready to run just now; false where nobody has looked. */
  readonly isReady: boolean;
}

/** Reads the times of a thread of this process by the kernel's id of it, null for one that is not known. Null where
 *  there is no such file (macOS, Windows, some sandboxes).
 *  Source: /proc/self/task/<tid>/schedstat, in ns. */
export function readCpuTimes(kernelId: number | 'self' | null): CpuTimes | null {
  const times = readSchedstat(kernelId);
  return times && { ...times, throttledMs: readThrottling()?.throttledMs ?? null, isReady: false };
}

/** Time that the calling thread has run or waited for a CPU since its start, in ms; null where nobody tells. */
export function readOwnBusyMs(): number | null {
  const times = readSchedstat('self');
  return times && times.onCpuMs + times.runQueueMs;
}

function readSchedstat(kernelId: number | 'self' | null): Pick<CpuTimes, 'onCpuMs' | 'runQueueMs'> | null {
  if (kernelId === null) return null;
  const path = kernelId === 'self' ? '/proc/thread-self/schedstat' : `/proc/self/task/${kernelId}/schedstat`;
  try {
    const [onCpu, runQueue] = readSmallFile(path).split(' ', 2).map(Number);
    if (!Number.isFinite(onCpu) || !Number.isFinite(runQueue)) return null;
    return { onCpuMs: onCpu! / 1e6, runQueueMs: runQueue! / 1e6 };
  } catch {
    return null;
  }
}

/** Times of a thread of this process, with the wait that still goes on. */
export const createThreadReader = (kernelId: number | null): (() => CpuTimes | null) =>
  createWaitingReader(
    () => readCpuTimes(kernelId),
    () => isRunnable(kernelId),
  );

/** Adds the wait that still goes on. The kernel adds a wait to its count when it is over; so that a long
 *  one shows while it lasts, the time counts as waiting since a look that found the thread ready to run, for as long
 *  as its numbers stand still. A running thread is charged at every tick, so they may stand still for `tickMs`. */
export function createWaitingReader(
  readTimes: () => CpuTimes | null,
  isReady: () => boolean,
  now: () => number = monotonicMs,
): () => CpuTimes | null {
  let still: { readonly times: CpuTimes; readonly readySinceMs: number | null } | null = null;
  return () => {
    const times = readTimes();
    if (times === null) return null;
    const before = still;
    const isStill = before?.times.onCpuMs === times.onCpuMs && before.times.runQueueMs === times.runQueueMs;
    const readySinceMs = isReady() ? ((isStill ? before.readySinceMs : null) ?? now()) : null;
    still = { times, readySinceMs };
    const waitedMs = readySinceMs === null ? 0 : now() - readySinceMs;
    const runQueueMs = times.runQueueMs + (waitedMs > tickMs ? waitedMs : 0);
    return { ...times, isReady: readySinceMs !== null, runQueueMs };
  };
}

/** Whether a thread runs or is ready to run. Source: /proc/self/task/<tid>/stat, third field. */
function isRunnable(kernelId: number | null): boolean {
  try {
    const text = readSmallFile(`/proc/self/task/${kernelId}/stat`);
    // The name of the thread stands in parentheses and may hold anything.
    return text[text.lastIndexOf(')') + 2] === 'R';
  } catch {
    return false;
  }
}
