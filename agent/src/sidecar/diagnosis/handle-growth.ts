import type { HandleCause } from '../../protocol/handle-cause.js';
import { findGrowth, type Growth, type GrowthRule } from './growth.js';
import type { Point } from './theil-sen.js';

/** When handles that become more are a leak. */
export interface HandleRule extends GrowthRule {
  /** Fewer more than at the beginning may be anybody's. Unit: handles. */
  readonly climb: Readonly<Record<HandleCause, number>>;
  /** The same as a share of what there was at the beginning; the larger of both counts. */
  readonly climbShare: number;
  /** What is still to come must be more than this share of what has come: growth that ends sooner is a level that is
   *  being reached, as connections do when load grows. */
  readonly toComeShare: number;
  /** Share of the slope with which the newest spans must go on. */
  readonly goesOnShare: number;
  /** Spans that it is read from. */
  readonly goesOnSpans: number;
  /** How far above a level that was come back from, as a share of it, growth begins to mean something. */
  readonly aboveHighWater: number;
  /** Share of the limit of descriptors from which on somebody is needed now. */
  readonly nearLimitShare: number;
  /** So many readings in a row must be there: a burst is over sooner. */
  readonly nearLimitReadings: number;
}

export const handleRule: HandleRule = {
  points: 8,
  spanMs: 90_000,
  risingShare: 0.9,
  steadiness: 0.6,
  climb: { timers: 200, sockets: 100, listeners: 50, descriptors: 100 },
  climbShare: 1,
  toComeShare: 1,
  goesOnShare: 0.3,
  goesOnSpans: 3,
  aboveHighWater: 0.1,
  nearLimitShare: 0.9,
  nearLimitReadings: 5,
};

/** How many there were of something. */
export interface HandleHistory {
  readonly cause: HandleCause;
  /** Lowest values of spans of time, finest resolution first, each oldest first. */
  readonly levels: readonly (readonly Point[])[];
  /** The most there were before they became far fewer again; 0 when they never did. */
  readonly highWater: number;
}

/** Whether handles become more and more. Unknown while they were not watched for long enough. */
export function findHandleGrowth(history: HandleHistory, rule: HandleRule): Growth | 'quiet' | 'unknown' {
  let known = false;
  for (const points of history.levels) {
    const growth = findGrowth(points, rule, (candidate) => isLeak(candidate, points, history, rule));
    if (growth === 'unknown') continue;
    known ||= points.at(-1)!.atMs - points[0]!.atMs >= rule.spanMs;
    if (growth !== null && goesOn(growth, points, rule)) return growth;
  }
  return known ? 'quiet' : 'unknown';
}

function isLeak(
  { climbed, points: count, toCome }: Growth,
  points: readonly Point[],
  { cause, highWater }: HandleHistory,
  { climb, climbShare, toComeShare, aboveHighWater }: HandleRule,
): boolean {
  const first = points.at(-count)!.value;
  return (
    climbed >= Math.max(climb[cause], first * climbShare) &&
    toCome > climbed * toComeShare &&
    points.at(-1)!.value > highWater * (1 + aboveHighWater)
  );
}

/** The line through the past goes on rising for a while after the leak has been stopped. */
function goesOn(
  { perSecond }: Growth,
  points: readonly Point[],
  { goesOnShare, goesOnSpans }: HandleRule,
): boolean {
  const last = points.at(-1)!;
  const earlier = points.at(-1 - goesOnSpans)!;
  const expected = (perSecond * (last.atMs - earlier.atMs)) / 1_000;
  return last.value - earlier.value >= expected * goesOnShare;
}
