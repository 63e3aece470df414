import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';
import type { HeapFloor } from '../../protocol/snapshot.js';
import { type ClimbRule, findClimb } from './climb.js';
import type { Growth } from './growth.js';
import { fitTrend } from './theil-sen.js';
import { roundShare, showPercent, showRate } from './units.js';

/** When memory that objects hold outside the heap is kept by mistake. */
export interface ExternalRule extends ClimbRule {
  /** Share of this growth up to which the heap may grow along: buffers that are kept have small objects in front of
   *  them. A heap that grows more is what leaks, and holds some buffers. */
  readonly flatShare: number;
  /** Share of the slope that must go on after the newest collection. */
  readonly goesOnShare: number;
}

export const externalRule: ExternalRule = {
  points: 4,
  spanMs: 30_000,
  risingShare: 0.85,
  steadiness: 0.5,
  climbShare: 0.05,
  // Where little is left, a twentieth of it is no more than the uploads that are in flight.
  climbLeast: 24e6,
  beganShare: 0.1,
  restShare: 0.85,
  flatShare: 0.25,
  goesOnShare: 0.3,
};

/** What is known of the memory outside the heap at one moment. Unit: bytes. */
export interface ExternalView {
  /** After major collections, at several resolutions, finest first; each oldest first. */
  readonly levels: readonly (readonly HeapFloor[])[];
  /** On the clock of the floors. Unit: ms. */
  readonly nowMs: number;
  /** Held now, by garbage as well. */
  readonly externalBytes: number;
  /** Part of it that belongs to array buffers; null when Node could not tell. */
  readonly arrayBuffersBytes: number | null;
  /** What was held some seconds ago; null at the beginning. */
  readonly earlier: { readonly atMs: number; readonly externalBytes: number } | null;
  /** What the process may still get before container or machine has no more. */
  readonly roomBytes: number;
  /** The highest floor from which this process has come down again by itself; 0 before. */
  readonly highWaterBytes: number;
}

/** Memory outside the heap that grows while the heap does not. */
export interface ExternalGrowth {
  readonly growth: Growth;
  /** Growth of what collections leave of the heap meanwhile. Unit: bytes a second; below 0 when it shrinks. */
  readonly heapPerSecond: number;
  /** When there is no more memory, if it goes on like this. Unit: ms from now. */
  readonly timeToLimitMs: number;
}

/** What is known of the look-alikes meanwhile; null for what is not known. */
export interface ExternalSurroundings {
  /** Growth of resident memory that neither the heap nor its objects hold. Unit: bytes a second. */
  readonly nativePerSecond: number | null;
  /** Share of the heap's limit that is alive, 0..1. */
  readonly heapShare: number | null;
}

/** Whether buffers are kept while the heap is flat. Unknown while there were too few collections. */
export function findExternalGrowth(
  view: ExternalView,
  rule: ExternalRule,
): ExternalGrowth | 'quiet' | 'unknown' {
  const { levels, externalBytes, roomBytes, highWaterBytes } = view;
  const found = findClimb(
    {
      levels: levels.map((floors) =>
        floors.map((floor) => ({ atMs: floor.atMs, value: floor.externalBytes })),
      ),
      limit: externalBytes + roomBytes,
      highWater: highWaterBytes,
      goesOn: ({ perSecond }, floors) => goesOn(perSecond, floors.at(-1)!.atMs, view, rule),
    },
    rule,
  );
  if (typeof found === 'string') return found;
  const { growth, level } = found;
  const run = levels[level]!.slice(-growth.points);
  const heapPerSecond = fitTrend(run.map(({ atMs, bytes }) => ({ atMs, value: bytes })))!.perSecond;
  if (heapPerSecond > growth.perSecond * rule.flatShare) return 'quiet';
  return { growth, heapPerSecond, timeToLimitMs: (roomBytes / growth.perSecond) * 1_000 };
}

/** Between collections it only rises, so the newest seconds tell whether anything still comes. */
function goesOn(
  perSecond: number,
  floorAtMs: number,
  { nowMs, externalBytes, earlier }: ExternalView,
  { goesOnShare }: ExternalRule,
): boolean {
  if (earlier === null || earlier.atMs <= floorAtMs) return true;
  const rise = externalBytes - earlier.externalBytes;
  return rise >= ((perSecond * (nowMs - earlier.atMs)) / 1_000) * goesOnShare;
}

/** The verdict on buffers that are kept. */
export function detectExternalGrowth(
  { growth, heapPerSecond, timeToLimitMs }: ExternalGrowth,
  view: ExternalView,
  surroundings: ExternalSurroundings,
): Finding {
  const { externalBytes, arrayBuffersBytes, roomBytes } = view;
  const minutes = Math.max(1, Math.round(timeToLimitMs / 60_000));
  return {
    kind: 'external-memory-growth',
    key: 'process',
    occurrences: 1,
    severity: 'warning',
    title: `Buffers outside the heap grow by ${showRate(growth.perSecond)}, memory lasts ${minutes} min; the heap grows by ${showRate(heapPerSecond)}`,
    cause: 'buffers',
    confidence: confidenceOf(growth),
    culprit: null,
    request: null,
    measurements: {
      bytesPerSecond: Math.round(growth.perSecond),
      heapBytesPerSecond: Math.round(heapPerSecond),
      externalBytes: Math.round(externalBytes),
      ...(arrayBuffersBytes !== null && { arrayBuffersBytes: Math.round(arrayBuffersBytes) }),
      roomBytes: Math.round(roomBytes),
      secondsToLimit: Math.round(timeToLimitMs / 1_000),
      collections: growth.points,
      spanSeconds: Math.round(growth.spanMs / 1_000),
      risingShare: roundShare(growth.risingShare),
    },
    ruledOut: ruleOut(heapPerSecond, surroundings),
  };
}

/** No line of code is behind it, so it is never as sure as a leak whose sites are known. */
const confidenceOf = ({ points, risingShare }: Growth): number =>
  roundShare(Math.min(0.95, risingShare * (points / (points + 1))));

function ruleOut(heapPerSecond: number, { nativePerSecond, heapShare }: ExternalSurroundings): RuledOut[] {
  const ruledOut: RuledOut[] = [
    {
      kind: 'heap-leak',
      because: `what collections leave of the heap grew by ${showRate(heapPerSecond)}`,
    },
  ];
  if (nativePerSecond !== null) {
    const because = `memory that no JavaScript object holds grew by ${showRate(nativePerSecond)}`;
    ruledOut.push({ kind: 'rss-growth', because });
  }
  if (heapShare !== null) {
    const because = `collections leave ${showPercent(heapShare)} of the heap's limit`;
    ruledOut.push({ kind: 'heap-near-limit', because });
  }
  return ruledOut;
}
