import { metricCatalog } from '../catalog/metrics.js';
import {
  type DependencyReading,
  type DependencyWindow,
  dependencyErrors,
  type SocketReuse,
} from '../protocol/dependency.js';
import type { Finding } from '../protocol/finding.js';
import type { RuledOut } from '../protocol/incident.js';
import type { Reading } from '../protocol/reading.js';
import type { HistogramCounts, Snapshot } from '../protocol/snapshot.js';
import {
  type Baseline,
  baselineRule,
  createBaseline,
  createTimesBaseline,
} from './diagnosis/dependency-baseline.js';
import { tallyCalls } from './diagnosis/dependency-calls.js';
import {
  dependencyFailingRule,
  detectDependencyFailing,
  failingLimit,
} from './diagnosis/dependency-failing.js';
import { dependencySlowRule, detectDependencySlow, slowLimit } from './diagnosis/dependency-slow.js';
import { quantileOf, sumTimes } from './diagnosis/dependency-times.js';
import { callsPerRequest, detectRetryStorm, retryStormRule, stormLimit } from './diagnosis/retry-storm.js';

const bounds = metricCatalog.dependencyDuration.buckets ?? [];
const windowsKept = 30;
/** Stalled time in one window from which on late answers may be our own. What is shorter has been taken off by the
 *  sensor, but for the part of each block before the beat that it delayed. Unit: ms. */
const stalledLimitMs = 200;
/** A loop that is busier than this reads answers late without being blocked. */
const busyLimit = 0.9;
/** Windows that a verdict about the loop looks back at. */
const ruledOutWindows = 10;

/** Follows how fast and how well the dependencies of the main thread answer. */
export interface Dependencies {
  /** News of stalled time, as it passes. Unit: ms. */
  addStalled(deltaMs: number): void;
  /** A new window; `isStarved` says whether the main thread lacked a CPU in it. Returns what can be said now. */
  judge(snapshot: Snapshot, isStarved: boolean): Finding[];
  /** Adds to a verdict about the loop that the dependencies were neither slow nor failing, where that is known: a
   *  blocked loop makes each of them look so. */
  ruleOutIn(finding: Finding): Finding;
  /** Targets that answer late now. */
  slowTargets(): readonly string[];
  /** What speaks against one target being slow; empty when it is, or when nothing is known. */
  ruleOut(target: string): readonly RuledOut[];
  read(): Reading[];
}

interface Followed {
  newest: DependencyReading;
  windows: DependencyWindow[];
  isSlow: boolean;
  /** Unit: s. */
  readonly times: Baseline;
  /** Share of the calls that fail, 0..1. */
  readonly failures: Baseline;
  /** Calls for each request received. */
  readonly calls: Baseline;
}

/** Nothing is learnt or found before `quietUntilMs` on monotonicMs(): first calls open connections and fill caches. */
export function createDependencies(quietUntilMs: number): Dependencies {
  const targets = new Map<string, Followed>();
  let stalledMs = 0;
  let inbound: number | null = null;
  let isAftermath = false;

  const follow = (reading: DependencyReading, around: Surroundings): Finding[] => {
    const followed = targets.get(reading.target);
    if (followed === undefined) {
      targets.set(reading.target, startFollowing(reading));
      return [];
    }
    const window = { ...difference(reading, followed.newest), ...around };
    followed.newest = reading;
    followed.windows = [...followed.windows, window].slice(-windowsKept);
    return judgeTarget(followed, window);
  };

  return {
    addStalled(deltaMs) {
      stalledMs += deltaMs;
    },
    judge({ dependencies, inbound: inboundNow, utilization, monotonicMs }, isStarved) {
      const isDisturbed = stalledMs > stalledLimitMs || isStarved || (utilization?.ratio ?? 0) > busyLimit;
      const around = {
        isDisturbed,
        isAftermath,
        inbound: inbound === null || inboundNow === null ? null : inboundNow - inbound,
      };
      stalledMs = 0;
      isAftermath = isDisturbed;
      inbound = inboundNow;
      if (monotonicMs < quietUntilMs) return [];
      return (dependencies ?? []).flatMap((reading) => follow(reading, around));
    },
    ruleOutIn(finding) {
      const ruledOut = [ruleOutSlow, ruleOutFailing].flatMap((ruleOut) =>
        [...targets.values()].flatMap(ruleOut).slice(0, 1),
      );
      return ruledOut.length === 0 ? finding : { ...finding, ruledOut: [...finding.ruledOut, ...ruledOut] };
    },
    slowTargets: () => [...targets].flatMap(([target, { isSlow }]) => (isSlow ? [target] : [])),
    ruleOut(target) {
      const followed = targets.get(target);
      return followed === undefined || followed.isSlow ? [] : ruleOutSlow(followed);
    },
    read: () => [...targets.values()].flatMap(readLimits),
  };
}

/** What is the same for every target in one window. */
type Surroundings = Pick<DependencyWindow, 'inbound' | 'isDisturbed' | 'isAftermath'>;

const startFollowing = (newest: DependencyReading): Followed => ({
  newest,
  windows: [],
  isSlow: false,
  times: createTimesBaseline(bounds),
  failures: createBaseline((block) => {
    const { ended, failed } = tallyCalls(block);
    return ended < baselineRule.blockCalls ? null : failed / ended;
  }),
  calls: createBaseline((block) => {
    const { requests, ratio } = callsPerRequest(block);
    return requests < baselineRule.blockCalls ? null : ratio;
  }),
});

/** What can be said of a target by its newest window. A storm is told beside the failure that it answers. */
function judgeTarget(followed: Followed, window: DependencyWindow): Finding[] {
  const { newest, windows, times, failures, calls } = followed;
  const { target } = newest;
  const usual = { failedShare: failures.usual(), seconds: times.usual() };
  const failedLimit = failingLimit(usual.failedShare, dependencyFailingRule);
  const slow = detectDependencySlow(target, windows, usual.seconds, bounds, dependencySlowRule);
  const failing = detectDependencyFailing(target, windows, usual, bounds, dependencyFailingRule);
  const storm = detectRetryStorm(target, windows, calls.usual(), failedLimit, retryStormRule);
  const isFailing = typeof failing !== 'string' || typeof storm !== 'string';
  followed.isSlow = typeof slow !== 'string';
  times.add(window, followed.isSlow);
  failures.add(window, isFailing);
  calls.add(window, isFailing);
  // What was found in earlier windows is no news: without calls in this one nothing is known of now.
  return [
    ...(typeof slow === 'string' || sumTimes([window]).calls === 0 ? [] : [slow]),
    ...(typeof failing === 'string' || tallyCalls([window]).failed === 0 ? [] : [failing]),
    ...(typeof storm === 'string' || tallyCalls([window]).failed === 0 ? [] : [storm]),
  ];
}

function readLimits({ newest, times, failures, calls }: Followed): Reading[] {
  const limits = [
    ['dependencyLimit', slowLimit(times.usual(), bounds, dependencySlowRule)],
    ['dependencyFailingLimit', failingLimit(failures.usual(), dependencyFailingRule)],
    ['dependencyStormLimit', stormLimit(calls.usual(), retryStormRule)],
  ] as const;
  return limits.flatMap(([metric, value]): Reading[] =>
    value === null ? [] : [{ metric, labels: [newest.target], value }],
  );
}

function difference(
  now: DependencyReading,
  before: DependencyReading,
): Omit<DependencyWindow, keyof Surroundings> {
  return {
    begun: now.begun - before.begun,
    counts: now.answered.counts.map((count, bucket) => count - (before.answered.counts[bucket] ?? 0)),
    answeredSeconds: now.answered.sum - before.answered.sum,
    waitedSeconds: now.waitedSeconds - before.waitedSeconds,
    lookupSeconds: now.lookupSeconds - before.lookupSeconds,
    ownDelaySeconds: now.ownDelaySeconds - before.ownDelaySeconds,
    errors: Object.fromEntries(
      dependencyErrors.map((kind) => [kind, now.errors[kind] - before.errors[kind]]),
    ) as DependencyWindow['errors'],
    ...(now.sockets !== undefined && { sockets: socketsBetween(now.sockets, before.sockets) }),
  };
}

/** Without an earlier reading nothing had happened before. */
const socketsBetween = (now: SocketReuse, before: SocketReuse | undefined): SocketReuse => ({
  freshAnswered: now.freshAnswered - (before?.freshAnswered ?? 0),
  freshReset: now.freshReset - (before?.freshReset ?? 0),
  reusedAnswered: subtract(now.reusedAnswered, before?.reusedAnswered),
  reusedReset: subtract(now.reusedReset, before?.reusedReset),
});

const subtract = (now: HistogramCounts, before: HistogramCounts | undefined): HistogramCounts => ({
  counts: now.counts.map((count, bucket) => count - (before?.counts[bucket] ?? 0)),
  sum: now.sum - (before?.sum ?? 0),
});

/** What speaks against a slow target, from its calls in the newest windows. */
function ruleOutSlow({ newest, windows, times: baseline }: Followed): RuledOut[] {
  const times = sumTimes(windows.slice(-ruledOutWindows));
  const p95 = quantileOf(times.counts, bounds, 0.95);
  const limit = slowLimit(baseline.usual(), bounds, dependencySlowRule) ?? dependencySlowRule.floorSeconds;
  if (p95 === null || p95 > limit) return [];
  const own = Math.round(times.ownDelaySeconds * 1_000);
  const because = `${newest.target} answered within ${Math.round(p95 * 1_000)} ms (p95 of ${times.calls} calls), ${own} ms of own delay taken off`;
  return [{ kind: 'dependency-slow', because }];
}

/** What speaks against a failing target, although calls to it have failed. */
function ruleOutFailing({ newest, windows, failures }: Followed): RuledOut[] {
  const { ended, failed, ownFailed } = tallyCalls(windows.slice(-ruledOutWindows));
  const limit = failingLimit(failures.usual(), dependencyFailingRule) ?? dependencyFailingRule.floorShare;
  if (ownFailed === 0 || failed > limit * ended) return [];
  const because = `${ownFailed} calls to ${newest.target} failed just when the own loop was late, and ${failed} of ${ended} beside them`;
  return [{ kind: 'dependency-failing', because }];
}
