import type { CpuWindow } from '../../protocol/cpu-window.js';
import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';

/** When waiting for a CPU is an incident. */
export interface StarvationRule {
  /** One second of waiting is what any deployment beside the service does; five in a row are a state. */
  readonly windows: number;
  /** Share of the wall time that the main thread waited. Below it, requests lose less than a tenth of a second in
   *  a second, which nobody notices. */
  readonly waitedShare: number;
  /** Share of the time it wanted to run that it waited. Below it, a busy service mends more by its own code. */
  readonly unmetShare: number;
  /** Share of the waiting from which on the quota explains it. */
  readonly throttledShare: number;
  /** From this share of the wall time on, the service gets next to nothing done. */
  readonly criticalShare: number;
}

export const starvationRule: StarvationRule = {
  windows: 5,
  waitedShare: 0.1,
  unmetShare: 0.25,
  throttledShare: 0.5,
  criticalShare: 0.75,
};

/** What stalls have come of it so far. */
export interface StarvedStalls {
  readonly count: number;
  readonly worstMs: number;
}

/** Whether the main thread wanted more CPU than it got, in each of the newest windows. Oldest first; fewer windows
 *  than the rule wants are unknown, as is everything where the system does not tell. */
export function detectCpuStarved(
  windows: readonly CpuWindow[],
  stalls: StarvedStalls,
  occurrence: number,
  rule: StarvationRule,
): Finding | 'quiet' | 'unknown' {
  const recent = windows.slice(-rule.windows);
  if (recent.length < rule.windows) return 'unknown';
  if (!recent.every((window) => isUnmet(window, rule))) return 'quiet';
  const wallMs = sum(recent, ({ wallMs }) => wallMs);
  const waitedMs = sum(recent, ({ runQueueMs }) => runQueueMs);
  const onCpuMs = sum(recent, ({ onCpuMs }) => onCpuMs);
  const throttledMs = sum(recent, ({ throttledMs }) => throttledMs ?? 0);
  const isThrottled = throttledMs >= waitedMs * rule.throttledShare;
  const waitedShare = waitedMs / wallMs;
  const because = isThrottled ? 'a CPU quota holds it back' : 'others use the CPUs';
  return {
    kind: 'cpu-starved',
    key: 'process',
    occurrences: occurrence,
    severity: waitedShare >= rule.criticalShare ? 'critical' : 'warning',
    title: `Main thread waited for a CPU ${percent(waitedShare)} of the time: ${because}`,
    cause: isThrottled ? 'cgroup-throttling' : 'cpu-starvation',
    // These are the kernel's own counts, so only their distance from the limit is left to doubt.
    confidence: round(Math.min(0.99, 0.5 + waitedShare), 3),
    culprit: null,
    request: null,
    measurements: {
      waitedRatio: round(waitedShare, 3),
      unmetRatio: round(waitedMs / (waitedMs + onCpuMs), 3),
      onCpuRatio: round(onCpuMs / wallMs, 3),
      throttledMs: round(throttledMs, 1),
      windowMs: round(wallMs, 0),
      stalls: stalls.count,
      worstStallMs: round(stalls.worstMs, 1),
    },
    ruledOut: ruleOut(recent, isThrottled, onCpuMs / wallMs),
  };
}

function isUnmet({ wallMs, runQueueMs, onCpuMs }: CpuWindow, rule: StarvationRule): boolean {
  const isNoticeable = runQueueMs > wallMs * rule.waitedShare;
  return isNoticeable && runQueueMs > (runQueueMs + onCpuMs) * rule.unmetShare;
}

function ruleOut(windows: readonly CpuWindow[], isThrottled: boolean, onCpuShare: number): RuledOut[] {
  const ruledOut: RuledOut[] = [
    {
      kind: 'event-loop-saturated',
      because: `the main thread itself ran for ${percent(onCpuShare)} of the time only`,
    },
  ];
  if (!isThrottled && windows.some(({ throttledMs }) => throttledMs !== null)) {
    const throttledMs = Math.round(sum(windows, (window) => window.throttledMs ?? 0));
    ruledOut.push({ kind: 'cgroup-throttling', because: `the CPU quota held back ${throttledMs} ms` });
  }
  return ruledOut;
}

const sum = (windows: readonly CpuWindow[], pick: (window: CpuWindow) => number): number =>
  windows.reduce((total, window) => total + pick(window), 0);
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
