import { type DependencyError, type DependencyWindow, dependencyErrors } from '../../protocol/dependency.js';
import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';
import { type CallTally, newestThat, tallyCalls } from './dependency-calls.js';
import { quantileOf, sumTimes } from './dependency-times.js';
import { keepAliveRaceRule, lookAtResets, type ResetSockets } from './keep-alive-race.js';

/** When failed calls are an incident. */
export interface DependencyFailingRule {
  /** So many windows must have failed calls: what is over within a second or two is somebody's restart. */
  readonly windows: number;
  /** So far back is looked for enough calls. */
  readonly windowsMost: number;
  /** Fewer calls say nothing about a share: one failed call of three is chance. */
  readonly calls: number;
  /** So many times the usual share: ordinary days double it. */
  readonly factor: number;
  /** Nobody is woken for a smaller share, however rarely calls usually fail, 0..1. */
  readonly floorShare: number;
}

export const dependencyFailingRule: DependencyFailingRule = {
  windows: 3,
  windowsMost: 30,
  calls: 10,
  factor: 3,
  floorShare: 0.1,
};

/** Share beyond which a target fails, 0..1. Null while its usual share is not known. One that usually fails in half of
 *  its calls cannot treble that, so the limit is at most half way from the usual share to 1. */
export function failingLimit(
  usualShare: number | null,
  { factor, floorShare }: DependencyFailingRule,
): number | null {
  if (usualShare === null) return null;
  return Math.max(floorShare, Math.min(usualShare * factor, (1 + usualShare) / 2));
}

/** What is usual for the target. */
export interface UsualOfTarget {
  /** Share of failed calls, 0..1; null while it is not known. */
  readonly failedShare: number | null;
  /** The p95 of its answers, in s; null while it is not known. */
  readonly seconds: number | null;
}

/** Whether more calls to a target fail than usual. Windows oldest first; of those in which the own process was disturbed
 *  only failures count that it cannot have caused. Too few calls are unknown. */
export function detectDependencyFailing(
  target: string,
  windows: readonly DependencyWindow[],
  usual: UsualOfTarget,
  bounds: readonly number[],
  rule: DependencyFailingRule,
): Finding | 'quiet' | 'unknown' {
  const limit = failingLimit(usual.failedShare, rule);
  const lookBack = { least: rule.windows, most: rule.windowsMost };
  const recent = newestThat(windows, lookBack, (some) => tallyCalls(some).ended >= rule.calls);
  if (limit === null || recent === null) return 'unknown';
  const tally = tallyCalls(recent);
  const failedShare = tally.failed / tally.ended;
  const failedWindows = recent.filter((window) => tallyCalls([window]).failed > 0).length;
  if (failedShare <= limit || failedWindows < rule.windows) return 'quiet';
  const sockets = lookAtResets(withResets(windows, recent.length, rule.windowsMost));
  const { cause, what } = mainCause(tally, sockets);
  return {
    kind: 'dependency-failing',
    key: target,
    occurrences: 1,
    severity: 'critical',
    title: `${target} is failing: ${percent(failedShare)} of its calls, mostly ${what}, usually ${percent(usual.failedShare!)}`,
    cause,
    confidence: round(failedShare * (tally.ended / (tally.ended + 1))),
    target,
    culprit: null,
    request: null,
    measurements: {
      calls: tally.ended,
      failedRatio: round(failedShare),
      usualFailedRatio: round(usual.failedShare!),
      limitRatio: round(limit),
      ...Object.fromEntries(dependencyErrors.map((kind) => [measurementOf[kind], tally.errors[kind]])),
      ownFailedCalls: tally.ownFailed,
      ...measureResets(sockets),
    },
    ruledOut: [
      ...ruleOutSlow(recent, usual, bounds),
      ruleOutStall(tally, recent.length),
      ...(cause === 'reset' ? ruleOutRace(sockets) : []),
    ],
  };
}

/** What a few resets say of sockets may be chance, so that one looks further back for more of them, but no further than
 *  needed: before they began, any socket was good. */
function withResets(
  windows: readonly DependencyWindow[],
  least: number,
  most: number,
): readonly DependencyWindow[] {
  const enough = newestThat(
    windows,
    { least, most },
    (some) => tallyCalls(some).errors.reset >= keepAliveRaceRule.resets,
  );
  return enough ?? windows.slice(-most);
}

const measurementOf: Readonly<Record<DependencyError, string>> = {
  refused: 'refusedCalls',
  reset: 'resetCalls',
  timeout: 'timeoutCalls',
  '5xx': 'serverErrorCalls',
  dns: 'dnsCalls',
  other: 'otherCalls',
};

/** A name that is not known is a kind of refusal: no connection came about, and nobody was asked. */
const causeOf: Readonly<Record<DependencyError, { readonly cause: string; readonly what: string }>> = {
  refused: { cause: 'refused', what: 'refused connections' },
  dns: { cause: 'refused', what: 'a name that is not known' },
  reset: { cause: 'reset', what: 'broken connections' },
  timeout: { cause: 'timeouts', what: 'no answer in time' },
  '5xx': { cause: 'errors', what: 'errors of the server' },
  other: { cause: 'errors', what: 'other errors' },
};

function mainCause(tally: CallTally, sockets: ResetSockets | null): (typeof causeOf)[DependencyError] {
  const { errors } = tally;
  const [most = 'other'] = [...dependencyErrors].sort((a, b) => errors[b] - errors[a]);
  if (most === 'timeout' && refusesAll(tally))
    return { cause: 'refused', what: 'waiting for connections that are refused' };
  return most === 'reset' && sockets?.isKeepAliveRace === true ? keepAliveRace(sockets) : causeOf[most];
}

/** Whether the calls that had no answer in time only waited for a connection: clients queue them up while they try to
 *  connect now and then, so that the few refusals say more than the many that have waited. */
const refusesAll = ({ ended, failed, errors }: CallTally): boolean =>
  errors.refused > 0 && ended === failed && errors['5xx'] === 0;

const keepAliveRace = ({ idleFromSeconds }: ResetSockets): (typeof causeOf)[DependencyError] => ({
  cause: 'keep-alive-race',
  what: `broken connections that were kept and had been idle for ${ms(idleFromSeconds ?? 0)} ms or longer (keep-alive race)`,
});

/** Missing where no call was reset, or nobody tells of sockets. */
function measureResets(sockets: ResetSockets | null): Record<string, number> {
  if (sockets === null || sockets.reusedResets + sockets.freshResets === 0) return {};
  const { reusedResets, freshResets, idleFromSeconds, answeredIdleSeconds, longerShare } = sockets;
  const known = {
    resetIdleP10Ms: idleFromSeconds === null ? null : ms(idleFromSeconds),
    answeredIdleP90Ms: answeredIdleSeconds === null ? null : ms(answeredIdleSeconds),
    resetIdleLongerRatio: longerShare === null ? null : round(longerShare),
  };
  const measured = Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return { reusedResetCalls: reusedResets, freshResetCalls: freshResets, ...Object.fromEntries(measured) };
}

/** What speaks against connections that were closed while they lay idle. */
function ruleOutRace(sockets: ResetSockets | null): RuledOut[] {
  if (sockets === null || sockets.reusedResets + sockets.freshResets === 0) return [];
  const { reusedResets, freshResets, longerShare } = sockets;
  const idle =
    longerShare === null
      ? ''
      : `, and a reset one had been idle for longer than an answered one in ${percent(longerShare)} of the cases`;
  const because = `${freshResets} of ${reusedResets + freshResets} resets hit new connections${idle}`;
  return [{ kind: 'keep-alive-race', because }];
}

/** What speaks against a target that is only late. */
function ruleOutSlow(
  recent: readonly DependencyWindow[],
  { seconds }: UsualOfTarget,
  bounds: readonly number[],
): RuledOut[] {
  const { calls, counts } = sumTimes(recent);
  const p95 = quantileOf(counts, bounds, 0.95);
  if (p95 === null) return [{ kind: 'dependency-slow', because: 'no call was answered at all, late or not' }];
  if (seconds === null) return [];
  const because = `what was answered took ${ms(p95)} ms (p95 of ${calls} calls), usually ${ms(seconds)} ms`;
  return p95 > 3 * Math.max(seconds, 0.1) ? [] : [{ kind: 'dependency-slow', because }];
}

function ruleOutStall({ disturbedWindows, ownFailed }: CallTally, windows: number): RuledOut {
  const because = `the own loop was disturbed in ${disturbedWindows} of ${windows} s, and ${ownFailed} calls that may have failed by that are left out`;
  return { kind: 'event-loop-stall', because };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const ms = (seconds: number): number => Number((seconds * 1_000).toFixed(1));
const round = (value: number): number => Number(value.toFixed(3));
