import type { Finding } from '../protocol/finding.js';
import type { Snapshot } from '../protocol/snapshot.js';
import type { ThreadpoolWindow } from '../protocol/threadpool.js';
import {
  detectThreadpoolSaturated,
  isComputing,
  threadpoolRule,
  workOf,
} from './diagnosis/threadpool-saturated.js';

/** Stalled time in one window from which on the probe's wait may be the loop's. Unit: ms. */
const stalledLimitMs = 200;
/** A loop that is busier than this takes results late without being blocked. */
const busyLimit = 0.9;
/** Seconds over which it is told what other threads compute. */
const coresWindows = 5;

/** CPU times since the start, in ms; null where the system does not tell. */
export interface PoolCpuSources {
  /** Of all threads of the process. */
  readonly processMs: () => number;
  /** Of the thread that is watched. */
  readonly watchedMs: () => number | null;
  /** Of the sidecar. */
  readonly ownMs: () => number | null;
}

/** Follows how long work waits for a thread of libuv's pool. */
export interface Threadpool {
  /** News of stalled time, as it passes. Unit: ms. */
  addStalled(deltaMs: number): void;
  /** A new window; `isStarved` says whether the main thread lacked a CPU, `waitedRatio` how much of it. Returns what
   *  can be said now; null while there is nothing. */
  judge(snapshot: Snapshot, isStarved: boolean, waitedRatio: number | null): Finding | null;
  /** Whether the pool is full of calls that compute: then it is the pool that takes the CPUs, whoever lacks one. */
  fillsCpus(): boolean;
  /** What all threads but the main thread and the agent's compute, over the newest seconds. Unit: cores; null where
   *  nobody tells. */
  otherCores(): number | null;
  /** Adds to a verdict about the loop that the pool was not full, where that is known. */
  ruleOutIn(finding: Finding): Finding;
  /** Whether the incident is open: then it is why names and files are late. */
  isOpen(): boolean;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
}

/** Nothing is found before `quietUntilMs` on monotonicMs(): a start reads files and asks for names. */
export function createThreadpool(quietUntilMs: number, cpu: PoolCpuSources): Threadpool {
  const otherCores = createOtherCores(cpu);
  let windows: readonly ThreadpoolWindow[] = [];
  let stalledMs = 0;
  let isOpen = false;

  const close = (snapshot: Snapshot, isStarved: boolean, waitedRatio: number | null): void => {
    const { threadpool, utilization, resources, monotonicMs } = snapshot;
    const cores = otherCores(monotonicMs);
    const ratio = utilization?.ratio ?? null;
    const measured = {
      waitMs: threadpool?.waitMs ?? null,
      stalledMs,
      utilization: ratio,
      waitedRatio,
      otherCores: cores,
      threads: threadpool?.threads ?? 0,
      pending: pendingWork({ ...resources, ...threadpool?.calls }),
    };
    const isStarvedByOthers = isStarved && !isComputing(measured, threadpoolRule);
    const isDisturbed = stalledMs > stalledLimitMs || isStarvedByOthers || (ratio ?? 0) > busyLimit;
    const window = { ...measured, isDisturbed };
    windows = [...windows, window].slice(-threadpoolRule.windowsMost);
    stalledMs = 0;
  };

  return {
    addStalled(deltaMs) {
      stalledMs += deltaMs;
    },
    judge(snapshot, isStarved, waitedRatio) {
      if (snapshot.threadpool === null) return null;
      close(snapshot, isStarved, waitedRatio);
      if (snapshot.monotonicMs < quietUntilMs) return null;
      const finding = detectThreadpoolSaturated(windows, threadpoolRule);
      if (typeof finding === 'string') return null;
      isOpen = true;
      return finding;
    },
    fillsCpus() {
      const newest = windows.at(-1);
      return newest !== undefined && isComputing(newest, threadpoolRule);
    },
    otherCores() {
      const known = windows.slice(-coresWindows).flatMap(({ otherCores: cores }) => cores ?? []);
      return known.length === 0 ? null : known.reduce((sum, cores) => sum + cores, 0) / known.length;
    },
    ruleOutIn(finding) {
      const waits = windows.flatMap(({ waitMs }) => waitMs ?? []).sort((one, other) => one - other);
      // Not the longest one: what delays the beat that measures the own delay is itself not taken off.
      const medianMs = waits[Math.floor((waits.length - 1) / 2)];
      if (medianMs === undefined || medianMs > threadpoolRule.limitMs) return finding;
      const because = `half of the last ${waits.length} probes waited ${medianMs.toFixed(1)} ms or less for a thread of the pool, the own delay taken off`;
      return { ...finding, ruledOut: [...finding.ruledOut, { kind: 'threadpool-saturated', because }] };
    },
    isOpen: () => isOpen,
    forget() {
      isOpen = false;
    },
  };
}

const pendingWork = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([name]) => workOf(name) !== null));

/** What all threads but the watched one and the sidecar compute, in cores, between two looks; null before the second
 *  one and where nobody tells. */
function createOtherCores({ processMs, watchedMs, ownMs }: PoolCpuSources): (nowMs: number) => number | null {
  let before: { readonly atMs: number; readonly otherMs: number } | null = null;
  return (nowMs) => {
    const watched = watchedMs();
    const own = ownMs();
    const last = before;
    before = watched === null || own === null ? null : { atMs: nowMs, otherMs: processMs() - watched - own };
    if (last === null || before === null || nowMs <= last.atMs) return null;
    return Math.max(0, (before.otherMs - last.otherMs) / (nowMs - last.atMs));
  };
}
