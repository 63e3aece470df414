import type { Finding } from '../../protocol/finding.js';
import type { CodeCulprit, CulpritLine, RuledOut } from '../../protocol/incident.js';
import type { BusyWindow, Survey } from '../../protocol/saturation.js';
import type { SourceFrame, StackSample } from '../../protocol/stack.js';
import { gcRule } from './gc-pressure.js';
import { findHotFrame, showFrame } from './hot-frame.js';

/** When a loop without long blocks is an incident. */
export interface SaturationRule {
  /** So many windows in a row: one busy second is a burst, which a queue takes up. */
  readonly windows: number;
  /** Share of the time from which on waiting times grow without end. */
  readonly utilization: number;
  /** Share of the windows that stalls may take; above it, the stalls are the incident. */
  readonly stalledShare: number;
  /** Share of the windows that collections may take; above it, `gc-pressure` is the incident, which has the same limit. */
  readonly collectedShare: number;
  /** Fewer stacks than this say nothing about shares. */
  readonly samples: number;
  /** Share of the stacks with code of the service, below which the time goes into the handling of callbacks. */
  readonly ownShare: number;
  /** Share of the looks from which on a synchronous call explains it. */
  readonly operationShare: number;
}

export const saturationRule: SaturationRule = {
  windows: 3,
  utilization: 0.9,
  stalledShare: 0.3,
  collectedShare: gcRule.ratio,
  samples: 8,
  ownShare: 0.5,
  operationShare: 0.5,
};

const linesShown = 5;
const framesShown = 32;

/** Whether the newest windows were busy, and not because of stalls or collections. Oldest first. */
export function isSaturated(windows: readonly BusyWindow[], rule: SaturationRule): boolean | 'unknown' {
  const isBusy = areBusy(windows, rule);
  if (isBusy !== true) return isBusy;
  const recent = windows.slice(-rule.windows);
  const stalledMs = recent.reduce((sum, window) => sum + window.stalledMs, 0);
  return stalledMs <= recent.length * 1_000 * rule.stalledShare && !areCollecting(windows, rule);
}

/** Whether each of the newest windows was busy, with whatever. Oldest first. */
export function areBusy(windows: readonly BusyWindow[], rule: SaturationRule): boolean | 'unknown' {
  const recent = windows.slice(-rule.windows);
  if (recent.length < rule.windows || recent.some(({ utilization }) => utilization === null))
    return 'unknown';
  return recent.every(({ utilization }) => utilization! > rule.utilization);
}

/** Whether collections took so much of the newest windows that they are the incident. Oldest first. */
function areCollecting(windows: readonly BusyWindow[], rule: SaturationRule): boolean {
  const recent = windows.slice(-rule.windows);
  const collectedMs = recent.reduce((sum, window) => sum + window.collectedMs, 0);
  return collectedMs > recent.length * 1_000 * rule.collectedShare;
}

/** What a loop that is busy with collections says against its being saturated; null for any other loop. */
export function ruleOutSaturated(windows: readonly BusyWindow[], rule: SaturationRule): RuledOut | null {
  if (areBusy(windows, rule) !== true || !areCollecting(windows, rule)) return null;
  const recent = windows.slice(-rule.windows);
  const busy = mean(recent.map(({ utilization }) => utilization!));
  const collected = mean(recent.map(({ collectedMs }) => collectedMs / 1_000));
  const because = `the loop is ${percent(busy)} busy, but ${percent(collected)} of the time goes into collections`;
  return { kind: 'event-loop-saturated', because };
}

/** Tells what a saturated loop is busy with. Unknown while the stacks are too few. */
export function detectEventLoopSaturated(
  windows: readonly BusyWindow[],
  survey: Survey,
  occurrence: number,
  rule: SaturationRule,
): Finding | 'quiet' | 'unknown' {
  const saturated = isSaturated(windows, rule);
  if (saturated === 'unknown') return 'unknown';
  if (!saturated) return 'quiet';
  if (survey.samples.length < rule.samples) return 'unknown';
  const lines = topLines(survey.samples);
  const culprit = findCulprit(survey.samples, lines);
  const operation = dominantOperation(survey, rule);
  const ownShare = survey.samples.filter(hasOwnFrame).length / survey.samples.length;
  const cause = operation !== null ? 'sync-call' : ownShare < rule.ownShare ? 'callbacks' : 'javascript';
  const utilization = mean(windows.slice(-rule.windows).map(({ utilization }) => utilization!));
  return {
    kind: 'event-loop-saturated',
    key: 'process',
    occurrences: occurrence,
    severity: 'warning',
    title: describeTitle(utilization, operation?.name ?? null, culprit),
    cause,
    ...(operation !== null && { operation: operation.name }),
    confidence:
      culprit === null ? 0 : round(culprit.share * (survey.samples.length / (survey.samples.length + 1))),
    culprit,
    request: null,
    measurements: {
      utilization: round(utilization),
      samples: survey.samples.length,
      ownShare: round(ownShare),
      surveyMs: Math.round(survey.durationMs),
      ...(operation !== null && { operationRatio: round(operation.share) }),
    },
    ruledOut: ruleOut(windows.slice(-rule.windows)),
  };
}

function dominantOperation({ operations, looks }: Survey, rule: SaturationRule) {
  const [most] = Object.entries(operations).sort(([, a], [, b]) => b - a);
  if (most === undefined || most[1] <= looks * rule.operationShare) return null;
  return { name: most[0], share: most[1] / looks };
}

const isOwn = ({ origin, async }: SourceFrame): boolean => origin === 'service' && !async;
const hasOwnFrame = ({ frames }: StackSample): boolean => frames.some(isOwn);

/** The lines of the service that were innermost in most stacks. */
export function topLines(samples: readonly StackSample[]): CulpritLine[] {
  const counts = new Map<string, { count: number; frame: SourceFrame }>();
  for (const { frames } of samples) {
    const frame = frames.find(isOwn);
    if (frame === undefined) continue;
    const key = `${frame.file}:${frame.line}`;
    counts.set(key, { frame, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, linesShown)
    .map(({ count, frame }) => ({
      function: frame.function,
      file: frame.file,
      line: frame.line,
      share: round(count / samples.length),
    }));
}

/** The function that most stacks agree on, else the line that most of them were at. */
export function findCulprit(
  samples: readonly StackSample[],
  lines: readonly CulpritLine[],
): CodeCulprit | null {
  // They were taken at random times, so that each counts the same.
  const hot = findHotFrame(
    samples,
    samples.map(() => 1),
  );
  if (hot !== null) return { ...hot.culprit, share: hot.functionShare, lines };
  const [top] = lines;
  const sample = samples.find(({ frames }) => {
    const own = frames.find(isOwn);
    return own !== undefined && own.file === top?.file && own.line === top.line;
  });
  const frame = sample?.frames.find(isOwn);
  if (top === undefined || sample === undefined || frame === undefined) return null;
  const stack = sample.frames
    .filter(({ origin }) => origin !== 'agent')
    .slice(0, framesShown)
    .map(showFrame);
  return { type: 'code', ...top, column: frame.column, samples: samples.length, stack, lines };
}

function describeTitle(utilization: number, operation: string | null, culprit: CodeCulprit | null): string {
  const by = operation === null ? '' : ` by ${operation}`;
  const place =
    culprit === null
      ? ''
      : `, ${percent(culprit.share)} of it in ${culprit.function} (${culprit.file}:${culprit.line})`;
  return `Event loop ${percent(utilization)} busy with short tasks${by}${place}`;
}

function ruleOut(windows: readonly BusyWindow[]): RuledOut[] {
  const stalledMs = Math.round(windows.reduce((sum, window) => sum + window.stalledMs, 0));
  const because = `stalls took ${stalledMs} ms of the last ${windows.length} s`;
  return [{ kind: 'event-loop-stall', because }];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const round = (value: number): number => Number(value.toFixed(3));
