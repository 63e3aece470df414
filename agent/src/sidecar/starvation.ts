import type { Finding } from '../protocol/finding.js';
import type { Stall } from '../protocol/stall.js';
import { detectCpuStarved, starvationRule } from './diagnosis/cpu-starved.js';
import { classifyStall, isStarved } from './diagnosis/stall-cause.js';
import type { CpuTimes } from './watchdog/cpu-times.js';
import { createCpuWindows } from './watchdog/cpu-windows.js';

/** Stalls that one starved time may explain by name; more of them change nothing. */
const stallsKept = 1_000;

/** A main thread that waits for a CPU for longer than this share of a window is busy for the clock only: what it would
 *  need by itself cannot be told. */
const waitedLimit = 0.25;

/** Whether the times of such a window say nothing; those of a window of which nobody tells do. */
export const isForTheClockOnly = (waitedRatio: number | null): boolean => (waitedRatio ?? 0) > waitedLimit;

/** Follows what the main thread gets of the CPU, and which stalls that explains. */
export interface Starvation {
  /** Closes a window. Call it about once a second. Null while there is nothing to say, or nothing may be told. */
  judge(nowMs: number, mayTell?: boolean): Finding | null;
  /** Whether the incident is open. */
  isOpen(): boolean;
  /** Share of the newest window that the main thread waited for a CPU, 0..1; null where nobody tells. */
  waitedRatio(): number | null;
  /** While the main thread is starved, stalls without a CPU are what that looks like, and no incident of their own. */
  explains(stall: Stall): boolean;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
}

/** No finding before `quietUntilMs`, on the clock of `judge`: everything competes for CPUs while it starts. */
export function createStarvation(quietUntilMs: number, readTimes: () => CpuTimes | null): Starvation {
  const windows = createCpuWindows(readTimes);
  const stalls = new Map<number, number>();
  let open = false;
  return {
    judge(nowMs, mayTell = true) {
      windows.look(nowMs);
      if (nowMs < quietUntilMs || !mayTell) return null;
      const explained = { count: stalls.size, worstMs: Math.max(0, ...stalls.values()) };
      const finding = detectCpuStarved(windows.recent(), explained, 1, starvationRule);
      if (typeof finding === 'string') return null;
      open = true;
      return finding;
    },
    isOpen: () => open,
    waitedRatio() {
      const newest = windows.recent().at(-1);
      return newest === undefined ? null : newest.runQueueMs / newest.wallMs;
    },
    explains(stall) {
      if (!open || !isStarved(classifyStall(stall))) return false;
      if (stalls.size < stallsKept || stalls.has(stall.id)) stalls.set(stall.id, stall.blockedMs);
      return true;
    },
    forget() {
      open = false;
      stalls.clear();
    },
  };
}
