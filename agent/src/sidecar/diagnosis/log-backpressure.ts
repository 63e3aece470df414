import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';
import { isOutputWrite } from '../../protocol/operations.js';
import type { OutputWindow } from '../../protocol/output.js';
import type { StackSample } from '../../protocol/stack.js';
import type { Stall } from '../../protocol/stall.js';
import { findCulprit, topLines } from './event-loop-saturated.js';
import { majorityRequest } from './event-loop-stall.js';
import { classifyStall } from './stall-cause.js';

/** When waiting for a reader of the log is an incident. */
export interface LogBackpressureRule {
  /** So long one write must hold the loop. Unit: ms. */
  readonly thresholdMs: number;
  /** Windows of a second that are judged together: a collector that is slow for a moment is none of it. */
  readonly windows: number;
  /** Fewer looks in a window say nothing about shares. */
  readonly looks: number;
  /** Share of the time in writes from which on they are what the service spends its time with. */
  readonly writingShare: number;
  /** A thread that runs for more than this share has a fast reader and writes very much: that is work, and a stall or
   *  a saturated loop like any other. */
  readonly awakeShare: number;
}

export const logBackpressureRule = { windows: 3, looks: 8, writingShare: 0.5, awakeShare: 0.5 } as const;

/** What is known of the writes since the incident began. */
export interface OutputHistory {
  /** Blocks of at least the threshold, with the present one. */
  readonly blocks: number;
  readonly worstMs: number;
  readonly totalMs: number;
  /** Stacks within such writes or just after them, oldest first. */
  readonly samples: readonly StackSample[];
}

/** Whether a stall is a write that waits for its reader: it fills most of the block, and the thread sleeps. */
export function isOutputStall(
  stall: Stall,
  rule: Pick<LogBackpressureRule, 'writingShare' | 'awakeShare'> = logBackpressureRule,
): boolean {
  const isWrite = isOutputWrite(stall.operation) && stall.operationRatio > rule.writingShare;
  const isAsleep = stall.onCpuRatio === null || stall.onCpuRatio <= rule.awakeShare;
  return isWrite && isAsleep && classifyStall(stall) === 'sync-call';
}

/** One block by a write. Quiet below the threshold, and when something else explains the block. */
export function detectBlockedWrite(
  stall: Stall,
  history: OutputHistory,
  rule: LogBackpressureRule,
): Finding | 'quiet' {
  if (!isOutputStall(stall, rule)) return 'quiet';
  const waitedMs = stall.blockedMs * (1 - (stall.runQueueRatio ?? 0));
  if (waitedMs < rule.thresholdMs) return 'quiet';
  const operation = stall.operation!;
  return {
    ...describe(history, operation, `held the event loop for ${Math.round(history.worstMs)} ms`),
    measurements: {
      ...measure(history),
      blockedMs: round(stall.blockedMs, 1),
      writingRatio: round(stall.operationRatio, 3),
      ...(stall.onCpuRatio !== null && { onCpuRatio: round(stall.onCpuRatio, 3) }),
      ...(stall.runQueueRatio !== null && { runQueueRatio: round(stall.runQueueRatio, 3) }),
    },
    ruledOut: ruleOut(operation, stall.operationRatio, stall.onCpuRatio),
  };
}

/** Many short writes, none of which need be long. Oldest window first; fewer windows than the rule wants, or fewer
 *  looks in one of them, are unknown. `operation` is the write that was seen last. */
export function detectSlowWrites(
  windows: readonly OutputWindow[],
  operation: string | null,
  history: OutputHistory,
  rule: LogBackpressureRule,
): Finding | 'quiet' | 'unknown' {
  const recent = windows.slice(-rule.windows);
  if (recent.length < rule.windows || recent.some(({ looks }) => looks < rule.looks)) return 'unknown';
  const lookedMs = sum(recent, (window) => window.lookedMs);
  const writingShare = sum(recent, (window) => window.writingMs) / lookedMs;
  if (operation === null || writingShare <= rule.writingShare) return 'quiet';
  const isTold = recent.every(({ awakeMs }) => awakeMs !== null);
  const awakeShare = isTold ? sum(recent, ({ awakeMs }) => awakeMs ?? 0) / lookedMs : null;
  if (awakeShare !== null && awakeShare > rule.awakeShare) return 'quiet';
  return {
    ...describe(history, operation, `took ${percent(writingShare)} of the last ${recent.length} s`),
    measurements: {
      ...measure(history),
      writingRatio: round(writingShare, 3),
      windowMs: Math.round(lookedMs),
      ...(awakeShare !== null && { awakeRatio: round(awakeShare, 3) }),
    },
    ruledOut: ruleOut(operation, writingShare, awakeShare),
  };
}

function describe(history: OutputHistory, operation: string, what: string) {
  const { samples } = history;
  const culprit = findCulprit(samples, topLines(samples));
  const place = culprit === null ? '' : ` in ${culprit.function} (${culprit.file}:${culprit.line})`;
  const stream = operation === 'process.stderr.write' ? 'stderr' : 'stdout';
  return {
    kind: 'log-backpressure',
    key: 'process',
    occurrences: Math.max(1, history.blocks),
    severity: 'warning',
    title: `Log writes to a slow ${stream} ${what}${place}`,
    cause: 'stdout',
    operation,
    // Agreement of the samples, less for few of them: n samples that all agree give n / (n + 1).
    confidence: culprit === null ? 0 : round(culprit.share * (samples.length / (samples.length + 1)), 3),
    culprit,
    request: majorityRequest(samples),
  } as const;
}

const measure = ({ blocks, worstMs, totalMs, samples }: OutputHistory) => ({
  blocks,
  worstBlockedMs: round(worstMs, 1),
  totalBlockedMs: round(totalMs, 1),
  samples: samples.length,
});

function ruleOut(operation: string, writingShare: number, awakeShare: number | null): RuledOut[] {
  const asleep = awakeShare === null ? '' : `, and ran for ${percent(awakeShare)} of it only`;
  const because = `the main thread was in ${operation} for ${percent(writingShare)} of the time${asleep}`;
  return [
    { kind: 'event-loop-stall', because },
    { kind: 'event-loop-saturated', because },
  ];
}

const sum = <T>(items: readonly T[], pick: (item: T) => number): number =>
  items.reduce((total, item) => total + pick(item), 0);
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
