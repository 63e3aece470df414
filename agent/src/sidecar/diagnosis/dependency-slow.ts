import type { DependencyWindow } from '../../protocol/dependency.js';
import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';
import { type AnswerTimes, quantileOf, shareBeyond, sumTimes } from './dependency-times.js';

/** When late answers are an incident. */
export interface DependencySlowRule {
  /** So many windows must have slow calls: what is over within a second or two is a burst, or somebody's restart. */
  readonly windows: number;
  /** So far back is looked for enough calls. */
  readonly windowsMost: number;
  /** Fewer calls say nothing about a share. */
  readonly calls: number;
  /** So many times the usual p95: ordinary days double it. */
  readonly factor: number;
  /** Nobody is woken for answers below this, however fast they usually are. Unit: s. */
  readonly floorSeconds: number;
  /** Share of the calls that must be slow. A twentieth of them is beyond the p95 on any day, and a route that is slow
   *  by nature has its calls in the baseline. */
  readonly slowShare: number;
}

export const dependencySlowRule: DependencySlowRule = {
  windows: 3,
  windowsMost: 30,
  calls: 5,
  factor: 3,
  floorSeconds: 0.1,
  slowShare: 0.25,
};

/** Time from which on a call is slow: a bound of the histogram, so that the share beyond it is counted and not
 *  guessed. Null while the usual times are not known, or too long for the histogram. Unit: s. */
export function slowLimit(
  usualSeconds: number | null,
  bounds: readonly number[],
  { factor, floorSeconds }: DependencySlowRule,
): number | null {
  if (usualSeconds === null) return null;
  const wanted = Math.max(floorSeconds, usualSeconds * factor);
  return bounds.find((bound) => bound >= wanted) ?? null;
}

/** Whether a target answers later than it usually does. Windows oldest first; those in which the own process was
 *  disturbed are left out, because the late answers may be ours. Too few calls are unknown. */
export function detectDependencySlow(
  target: string,
  windows: readonly DependencyWindow[],
  usualSeconds: number | null,
  bounds: readonly number[],
  rule: DependencySlowRule,
): Finding | 'quiet' | 'unknown' {
  const limit = slowLimit(usualSeconds, bounds, rule);
  const recent = newestWithCalls(windows, rule);
  if (limit === null || recent === null) return 'unknown';
  const times = sumTimes(recent);
  const slowShare = shareBeyond(times.counts, bounds, limit);
  const slowWindows = recent.filter(({ counts }) => shareBeyond(counts, bounds, limit) > 0).length;
  if (slowShare < rule.slowShare || slowWindows < rule.windows) return 'quiet';
  const meanSeconds = times.answeredSeconds / times.calls;
  const waitedSeconds = times.waitedSeconds / times.calls;
  const lookupSeconds = times.lookupSeconds / times.calls;
  const p50 = quantileOf(times.counts, bounds, 0.5)!;
  // What comes before the target has the request explains it when the target itself was as fast as ever.
  const explains = (seconds: number) => seconds > meanSeconds / 2 && meanSeconds - seconds <= limit;
  const isWaiting = explains(waitedSeconds);
  const isLookingUp = !isWaiting && explains(lookupSeconds);
  const because = isWaiting
    ? `requests waited ${ms(waitedSeconds)} ms for a free socket`
    : isLookingUp
      ? `looking up its name took ${ms(lookupSeconds)} of ${ms(meanSeconds)} ms`
      : `half of its answers took over ${ms(p50)} ms`;
  return {
    kind: 'dependency-slow',
    key: target,
    occurrences: 1,
    severity: 'warning',
    title: `${target} is slow: ${because}, usually ${ms(usualSeconds!)} ms or less`,
    cause: isWaiting ? 'saturation-of-agent-sockets' : isLookingUp ? 'dns' : 'latency',
    confidence: round(slowShare * (times.calls / (times.calls + 1))),
    target,
    culprit: null,
    request: null,
    measurements: {
      calls: times.calls,
      slowRatio: round(slowShare),
      p50Ms: ms(p50),
      p95Ms: ms(quantileOf(times.counts, bounds, 0.95)!),
      usualP95Ms: ms(usualSeconds!),
      limitMs: ms(limit),
      socketWaitMs: ms(waitedSeconds),
      lookupMs: ms(lookupSeconds),
      ownDelayMs: ms(times.ownDelaySeconds / times.calls),
    },
    ruledOut: [
      ...ruleOut(times, isWaiting, waitedSeconds),
      ...ruleOutLatency(isLookingUp, meanSeconds - lookupSeconds),
    ],
  };
}

/** The newest undisturbed windows, as few as hold enough calls. Null when there are not enough. */
function newestWithCalls(
  windows: readonly DependencyWindow[],
  rule: DependencySlowRule,
): readonly DependencyWindow[] | null {
  const usable = windows.slice(-rule.windowsMost).filter(({ isDisturbed }) => !isDisturbed);
  for (let count = rule.windows; count <= usable.length; count += 1) {
    const newest = usable.slice(-count);
    if (sumTimes(newest).calls >= rule.calls) return newest;
  }
  return null;
}

function ruleOut(times: AnswerTimes, isWaiting: boolean, waitedSeconds: number): RuledOut[] {
  const own = ms(times.ownDelaySeconds / times.calls);
  const ruledOut: RuledOut[] = [
    { kind: 'event-loop-stall', because: `the own loop was late by ${own} ms a call, which is taken off` },
  ];
  if (!isWaiting) {
    const because = `requests waited ${ms(waitedSeconds)} ms for a socket`;
    ruledOut.push({ kind: 'saturation-of-agent-sockets', because });
  }
  return ruledOut;
}

/** What speaks against the target itself when its name is what takes long. */
const ruleOutLatency = (isLookingUp: boolean, restSeconds: number): RuledOut[] =>
  isLookingUp
    ? [{ kind: 'latency', because: `the rest of a call took ${ms(restSeconds)} ms, connecting included` }]
    : [];

const ms = (seconds: number): number => Number((seconds * 1_000).toFixed(1));
const round = (value: number): number => Number(value.toFixed(3));
