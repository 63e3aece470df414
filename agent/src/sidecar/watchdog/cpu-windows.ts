import type { CpuWindow } from '../../protocol/cpu-window.js';
import type { CpuTimes } from './cpu-times.js';

/** Enough for every rule that looks at them. */
const windowsKept = 60;
/** A look that comes much later than planned saw a time in which the whole process slept. */
const longestMs = 3_000;

/** The newest windows of the main thread's CPU time, oldest first. */
export interface CpuWindows {
  /** Closes a window. Call it about once a second. */
  look(nowMs: number): void;
  recent(): readonly CpuWindow[];
}

export function createCpuWindows(readTimes: () => CpuTimes | null): CpuWindows {
  let windows: CpuWindow[] = [];
  let previous: { readonly atMs: number; readonly times: CpuTimes } | null = null;
  return {
    look(nowMs) {
      const times = readTimes();
      const before = previous;
      previous = times && { atMs: nowMs, times };
      const isWhole = times !== null && before !== null && nowMs - before.atMs <= longestMs;
      // Windows must follow each other: a gap in them starts anew.
      windows = isWhole ? [...windows, difference(before.times, times, nowMs - before.atMs)] : [];
      windows = windows.slice(-windowsKept);
    },
    recent: () => windows,
  };
}

const difference = (before: CpuTimes, now: CpuTimes, wallMs: number): CpuWindow => ({
  wallMs,
  onCpuMs: now.onCpuMs - before.onCpuMs,
  // A wait that was still going on may have been counted a little too long.
  runQueueMs: Math.max(0, now.runQueueMs - before.runQueueMs),
  throttledMs:
    now.throttledMs === null || before.throttledMs === null ? null : now.throttledMs - before.throttledMs,
});
