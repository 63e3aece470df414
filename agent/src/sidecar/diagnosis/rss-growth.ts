import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';
import { type ClimbRule, findClimb } from './climb.js';
import type { Growth } from './growth.js';
import { fitTrend, type Point } from './theil-sen.js';
import { roundShare, showPercent, showRate } from './units.js';

/** What the process has in RAM, and what of it JavaScript accounts for. Unit: bytes. */
export interface ResidentReading {
  /** Unit: ms on monotonicMs(). */
  readonly atMs: number;
  readonly residentBytes: number;
  /** Heap that V8 has reserved. */
  readonly heapBytes: number;
  /** What objects hold outside of it, garbage included. */
  readonly externalBytes: number;
}

/** The rest: code, stacks, other threads, native libraries and what the allocator does not give back. May be below 0,
 *  because buffers that nobody has written to are not in RAM yet. */
export const nativeBytes = ({ residentBytes, heapBytes, externalBytes }: ResidentReading): number =>
  residentBytes - heapBytes - externalBytes;

/** When a process that grows beside its heap is an incident. */
export interface ResidentRule extends ClimbRule {
  /** Share of this growth up to which heap and buffers may grow along. */
  readonly flatShare: number;
  /** Share of it by which the process must have grown beyond all that heap and buffers ever had meanwhile: V8 keeps pages
   *  of a heap that has shrunk, and what moves from the heap to the rest is no growth. */
  readonly residentShare: number;
  /** Share of the slope that the newest third must go on with. */
  readonly goesOnShare: number;
}

export const residentRule: ResidentRule = {
  points: 6,
  // Allocators keep what they were given during a burst; that ends with the burst.
  spanMs: 60_000,
  risingShare: 0.85,
  steadiness: 0.5,
  climbShare: 0.05,
  climbLeast: 64e6,
  beganShare: 0.1,
  restShare: 0.85,
  flatShare: 0.25,
  residentShare: 0.5,
  goesOnShare: 0.3,
};

/** What is known at one moment. */
export interface ResidentView {
  /** Readings with the lowest rest of their span, at several resolutions, finest first; each oldest first. */
  readonly levels: readonly (readonly ResidentReading[])[];
  /** What the process may still get before container or machine has no more. Unit: bytes. */
  readonly roomBytes: number;
  /** The highest rest from which this process has come down again by itself; 0 before. Unit: bytes. */
  readonly highWaterBytes: number;
}

/** A process that grows beside its heap and its buffers. Rates are in bytes a second, below 0 for what shrinks. */
export interface ResidentGrowth {
  readonly growth: Growth;
  readonly residentPerSecond: number;
  readonly heapPerSecond: number;
  readonly externalPerSecond: number;
  /** When there is no more memory, if it goes on like this. Unit: ms from now. */
  readonly timeToLimitMs: number;
}

/** Whether the process grows while heap and buffers are flat. Unknown while the readings are too few. */
export function findResidentGrowth(
  view: ResidentView,
  rule: ResidentRule,
): ResidentGrowth | 'quiet' | 'unknown' {
  const newest = view.levels.find((level) => level.length > 0)?.at(-1);
  if (newest === undefined) return 'unknown';
  const found = findClimb(
    {
      levels: view.levels.map((level) => pointsOf(level, nativeBytes)),
      limit: nativeBytes(newest) + view.roomBytes,
      highWater: view.highWaterBytes,
      goesOn: (growth, points) => goesOn(growth, points, rule),
    },
    rule,
  );
  if (typeof found === 'string') return found;
  const { growth, level } = found;
  const run = view.levels[level]!.slice(-growth.points);
  const slope = (pick: (reading: ResidentReading) => number): number =>
    fitTrend(pointsOf(run, pick))!.perSecond;
  const heapPerSecond = slope(({ heapBytes }) => heapBytes);
  const externalPerSecond = slope(({ externalBytes }) => externalBytes);
  const residentPerSecond = slope(({ residentBytes }) => residentBytes);
  const most = growth.perSecond * rule.flatShare;
  if (heapPerSecond > most || externalPerSecond > most) return 'quiet';
  const beyond = fitTrend(beyondAccounted(run))!.perSecond;
  if (Math.min(residentPerSecond, beyond) < growth.perSecond * rule.residentShare) return 'quiet';
  const timeToLimitMs = (view.roomBytes / growth.perSecond) * 1_000;
  return { growth, residentPerSecond, heapPerSecond, externalPerSecond, timeToLimitMs };
}

/** What is in RAM beyond the most that heap and buffers have had up to then. */
function beyondAccounted(run: readonly ResidentReading[]): Point[] {
  let most = 0;
  return run.map(({ atMs, residentBytes, heapBytes, externalBytes }) => {
    most = Math.max(most, heapBytes + externalBytes);
    return { atMs, value: residentBytes - most };
  });
}

const pointsOf = (
  readings: readonly ResidentReading[],
  pick: (reading: ResidentReading) => number,
): Point[] => readings.map((reading) => ({ atMs: reading.atMs, value: pick(reading) }));

function goesOn(
  { perSecond, points }: Growth,
  all: readonly Point[],
  { goesOnShare }: ResidentRule,
): boolean {
  const from = all.at(-1 - Math.ceil(points / 3))!;
  const last = all.at(-1)!;
  return last.value - from.value >= ((perSecond * (last.atMs - from.atMs)) / 1_000) * goesOnShare;
}

/** The verdict. `heapShare` is the share of the heap's limit that is alive, 0..1; null when it is not known. */
export function detectResidentGrowth(
  found: ResidentGrowth,
  newest: ResidentReading,
  roomBytes: number,
  heapShare: number | null,
): Finding {
  const { growth, residentPerSecond, heapPerSecond, externalPerSecond, timeToLimitMs } = found;
  const minutes = Math.max(1, Math.round(timeToLimitMs / 60_000));
  return {
    kind: 'rss-growth',
    key: 'process',
    occurrences: 1,
    severity: 'warning',
    title: `The process grows by ${showRate(growth.perSecond)} outside of heap and buffers, memory lasts ${minutes} min`,
    cause: 'fragmentation-or-native',
    confidence: roundShare(Math.min(0.9, growth.risingShare * (growth.points / (growth.points + 2)))),
    culprit: null,
    request: null,
    measurements: {
      bytesPerSecond: Math.round(growth.perSecond),
      residentBytesPerSecond: Math.round(residentPerSecond),
      heapBytesPerSecond: Math.round(heapPerSecond),
      externalBytesPerSecond: Math.round(externalPerSecond),
      residentBytes: Math.round(newest.residentBytes),
      heapBytes: Math.round(newest.heapBytes),
      externalBytes: Math.round(newest.externalBytes),
      roomBytes: Math.round(roomBytes),
      secondsToLimit: Math.round(timeToLimitMs / 1_000),
      readings: growth.points,
      spanSeconds: Math.round(growth.spanMs / 1_000),
      risingShare: roundShare(growth.risingShare),
    },
    ruledOut: ruleOut(found, heapShare),
  };
}

function ruleOut({ heapPerSecond, externalPerSecond }: ResidentGrowth, heapShare: number | null): RuledOut[] {
  const ruledOut: RuledOut[] = [
    { kind: 'heap-leak', because: `the heap grew by ${showRate(heapPerSecond)}` },
    {
      kind: 'external-memory-growth',
      because: `what objects hold outside the heap grew by ${showRate(externalPerSecond)}`,
    },
  ];
  if (heapShare === null) return ruledOut;
  const because = `collections leave ${showPercent(heapShare)} of the heap's limit`;
  return [...ruledOut, { kind: 'heap-near-limit', because }];
}
