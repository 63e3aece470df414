import type { Finding } from '../../protocol/finding.js';
import type { RequestContext, RuledOut } from '../../protocol/incident.js';
import type { StackSample } from '../../protocol/stack.js';
import type { Stall } from '../../protocol/stall.js';
import { findHotFrame, type HotFrame } from './hot-frame.js';
import { sampleWeights } from './sample-weights.js';
import { classifyStall, isStarved, type StallCause, waitedRatio } from './stall-cause.js';
import { isMicrotasks, outermostTask, type TaskTurnover, taskTurnover } from './task-turnover.js';

/** When a stall is an incident, and when it is a critical one. */
export interface StallRule {
  /** Time that the main thread itself kept the loop silent; waiting for a CPU is taken off. Unit: ms. */
  readonly thresholdMs: number;
  /** So long it must have been kept from a CPU: shorter waits are the noise of any shared machine, and nothing in
   *  the service mends them. Unit: ms. */
  readonly starvedMs: number;
  /** One block of this length is critical by itself. Unit: ms. */
  readonly criticalMs: number;
  /** So many stalls under one key within `repeatedWithinMs` are critical together. */
  readonly repeatedCount: number;
  readonly repeatedWithinMs: number;
  /** So long a verdict waits for its cause: running JavaScript shows its stack within a few ms. Unit: ms. */
  readonly patienceMs: number;
}

export const stallRule = {
  starvedMs: 500,
  criticalMs: 1_000,
  repeatedCount: 5,
  repeatedWithinMs: 60_000,
  patienceMs: 10,
} as const;

/** What is remembered of earlier stalls of the same incident. */
export interface StallHistory {
  readonly occurrences: number;
  readonly worstMs: number;
  /** Blocked time of all stalls that have ended, by cause. Unit: ms. */
  readonly endedMs: Readonly<Partial<Record<StallCause, number>>>;
  /** Share of the newest complete stall in garbage collection; stands in while that of the present one is not
   *  known yet. Null before the first. */
  readonly gcRatio: number | null;
  /** Beginnings of the newest stalls, oldest first, on monotonicMs(). */
  readonly startsMs: readonly number[];
  readonly samples: readonly StackSample[];
}

export const noHistory: StallHistory = {
  occurrences: 0,
  worstMs: 0,
  endedMs: {},
  gcRatio: null,
  startsMs: [],
  samples: [],
};

/** Turns one stall, and what is known of those before it, into a finding. Quiet below the threshold; unknown
 *  while its cause is, for a moment. The first stack is enough: those that follow correct it. */
export function detectEventLoopStall(
  stall: Stall,
  history: StallHistory,
  key: string,
  rule: StallRule,
): Finding | 'quiet' | 'unknown' {
  const ownCause = classifyStall(stall);
  const samples = [...history.samples, ...stall.samples];
  const turnover = taskTurnover(stall.samples);
  const hot = findHotFrame(isMicrotasks(turnover) ? samples.map(outermostTask) : samples);
  const isCallKnown = ownCause === 'sync-call' && stall.operation !== null;
  const isNamed = hot !== null || (isCallKnown && stall.blockedMs >= rule.thresholdMs + settlingMs);
  if (isShort(stall, ownCause, isNamed, rule)) return 'quiet';
  const patient = stall.blockedMs < rule.thresholdMs + rule.patienceMs;
  if (patient && ownCause === 'unknown' && !stall.ended) return 'unknown';
  const times = addTime(history.endedMs, ownCause, stall.blockedMs);
  const cause = dominantCause(times);
  const known = { ...stall, gcRatio: stall.gcRatio ?? history.gcRatio };
  const worstMs = Math.max(history.worstMs, stall.blockedMs);
  return {
    kind: 'event-loop-stall',
    key,
    occurrences: history.occurrences + 1,
    severity: isCritical(worstMs, stall, history, rule) ? 'critical' : 'warning',
    title: describeTitle(worstMs, cause, stall.operation, hot),
    cause,
    ...(cause === 'sync-call' && stall.operation !== null && { operation: stall.operation }),
    confidence: confidenceOf(hot, samples.length),
    culprit: hot?.culprit ?? null,
    request: majorityRequest(samples),
    measurements: {
      ...measure(known, worstMs, sumOf(times), hot, samples.length),
      ...measureTurnover(turnover),
    },
    ruledOut: [...ruleOut(known, [cause, ownCause]), ...ruleOutTurns(turnover, ownCause)],
  };
}

type CauseTimes = StallHistory['endedMs'];

/** Blocked time by cause, with some more of it. */
export const addTime = (times: CauseTimes, cause: StallCause, ms: number): CauseTimes => ({
  ...times,
  [cause]: (times[cause] ?? 0) + ms,
});

const sumOf = (times: CauseTimes): number => Object.values(times).reduce((sum, ms) => sum + ms, 0);

/** The cause of most of the blocked time: one block that a busy machine made longer does not turn the verdict. */
function dominantCause(times: CauseTimes): StallCause {
  const entries = Object.entries(times) as [StallCause, number][];
  return entries.sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'unknown';
}

/** Stalls that are served by the same route, or else stand on the same outermost function, are one incident. */
export function stallKey(stall: Stall): string {
  const request = majorityRequest(stall.samples);
  if (request !== null && !request.route.endsWith(' unmatched')) return request.route;
  const frames = (stall.samples[0]?.frames ?? []).filter(({ origin }) => origin === 'service');
  const own = frames.findLast(({ async }) => !async) ?? frames.at(-1);
  return own === undefined ? classifyStall(stall) : `${own.function} ${own.file}`;
}

/** When the CPU time is not known so long after a stall was noticed, nobody tells of it here; before, the thread may
 *  just as well wait for a CPU in the middle of a call. Unit: ms. */
const settlingMs = 60;

/** The kernel adds up the time of a running thread at its ticks only. Unit: ms. */
const tickMs = 10;

function isShort(stall: Stall, cause: StallCause, isNamed: boolean, rule: StallRule): boolean {
  const { blockedMs, onCpuRatio } = stall;
  // Of such a one nothing is known: neither who it was, nor whether the thread ran at all.
  const isObscure = !isNamed && onCpuRatio === null;
  if (isStarved(cause) || isObscure) return blockedMs < rule.starvedMs;
  // A thread that is ready and does not run waits for a CPU, which the kernel's numbers tell when it is over.
  const isCode = cause === 'javascript' || cause === 'microtasks';
  const mustRun = isCode || (cause === 'unknown' && stall.isReady);
  if (mustRun && onCpuRatio !== null && blockedMs * onCpuRatio + tickMs < rule.thresholdMs) return true;
  return blockedMs * (1 - (waitedRatio(stall) ?? 0)) < rule.thresholdMs;
}

function isCritical(worstMs: number, stall: Stall, history: StallHistory, rule: StallRule): boolean {
  const recent = history.startsMs.filter((startMs) => stall.startedMs - startMs < rule.repeatedWithinMs);
  return worstMs >= rule.criticalMs || recent.length + 1 >= rule.repeatedCount;
}

const causePhrases: Readonly<Record<StallCause, string>> = {
  javascript: '',
  'sync-call': ' by a synchronous call',
  gc: ' by garbage collection',
  microtasks: ' by microtasks',
  'cpu-starvation': ' while the main thread got no CPU',
  'cgroup-throttling': ' while a CPU quota held the process back',
  unknown: '',
};

function describeTitle(
  worstMs: number,
  cause: StallCause,
  operation: string | null,
  hot: HotFrame | null,
): string {
  const phrase = cause === 'sync-call' && operation !== null ? ` by ${operation}` : causePhrases[cause];
  const place = hot === null ? '' : ` in ${hot.culprit.function} (${hot.culprit.file}:${hot.culprit.line})`;
  return `Event loop blocked ${Math.round(worstMs)} ms${phrase}${place}`;
}

/** Agreement of the samples, less for few of them: n samples that all agree give n / (n + 1). */
function confidenceOf(hot: HotFrame | null, count: number): number {
  return hot === null ? 0 : round(hot.functionShare * (count / (count + 1)), 3);
}

/** The request that was there for more than half of the sampled time; null when there is none. */
export function majorityRequest(samples: readonly StackSample[]): RequestContext | null {
  const weights = sampleWeights(samples);
  const totalMs = weights.reduce((sum, ms) => sum + ms, 0);
  const seen = new Map<string, { ms: number; request: RequestContext }>();
  samples.forEach(({ request }, index) => {
    if (request === null) return;
    const ms = (seen.get(request.route)?.ms ?? 0) + weights[index]!;
    seen.set(request.route, { ms, request });
  });
  const best = [...seen.values()].sort((a, b) => b.ms - a.ms)[0];
  return best !== undefined && best.ms * 2 > totalMs ? best.request : null;
}

function measure(
  stall: Stall,
  worstMs: number,
  totalMs: number,
  hot: HotFrame | null,
  samples: number,
): Record<string, number> {
  const numbers = {
    blockedMs: round(stall.blockedMs, 1),
    worstBlockedMs: round(worstMs, 1),
    totalBlockedMs: round(totalMs, 1),
    samples,
    operationRatio: stall.operation === null ? null : round(stall.operationRatio, 3),
    functionShare: hot && round(hot.functionShare, 3),
    onCpuRatio: stall.onCpuRatio === null ? null : round(stall.onCpuRatio, 3),
    runQueueRatio: stall.runQueueRatio === null ? null : round(stall.runQueueRatio, 3),
    throttledRatio: stall.throttledRatio === null ? null : round(stall.throttledRatio, 3),
    gcRatio: stall.gcRatio === null ? null : round(stall.gcRatio, 3),
  };
  return Object.fromEntries(
    Object.entries(numbers).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}

/** Share of the looks at the newest stall that found another task than the one before; nothing before the second. */
const measureTurnover = ({ pairs, changes }: TaskTurnover): Record<string, number> =>
  pairs === 0 ? {} : { taskTurnoverRatio: round(changes / pairs, 3) };

/** Many tasks without a turn look like a loop that turns from one short task to the next. */
function ruleOutTurns({ pairs, changes }: TaskTurnover, cause: StallCause): RuledOut[] {
  if (cause !== 'microtasks') return [];
  const because = `${changes} of ${pairs} looks found another task, and the loop did not turn in between`;
  return [{ kind: 'event-loop-saturated', because }];
}

/** `causes`: that of the incident and that of the newest stall. */
function ruleOut({ gcRatio, runQueueRatio }: Stall, causes: readonly StallCause[]): RuledOut[] {
  const ruledOut: RuledOut[] = [];
  if (gcRatio !== null && !causes.includes('gc')) {
    ruledOut.push({
      kind: 'gc-pressure',
      because: `garbage collection took ${percent(gcRatio)} of the block`,
    });
  }
  if (runQueueRatio !== null && !causes.some(isStarved)) {
    const because = `the main thread waited for a CPU during ${percent(runQueueRatio)} of the block`;
    ruledOut.push({ kind: 'cpu-starved', because });
  }
  return ruledOut;
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
