import { findGrowth, type Growth, type GrowthRule } from './growth.js';
import type { Point } from './theil-sen.js';

/** When something that grows will reach its limit. */
export interface ClimbRule extends GrowthRule {
  /** Share of the way from the first point to the limit that must have been climbed. Less may be anything that
   *  settles; the projection then reaches at most twenty times as far as what was seen. */
  readonly climbShare: number;
  /** The least that must have been climbed, however short the way is. Unit: that of the points. */
  readonly climbLeast: number;
  /** Slope of the older half against that of the newer one. A step lies in one half and leaves the other level. */
  readonly beganShare: number;
  /** Share of the limit below which a growth that slows down may come to rest. */
  readonly restShare: number;
}

/** What climbs, and where it ends. All values in one unit. */
export interface ClimbView {
  /** Low points at several resolutions, finest first; each oldest first. */
  readonly levels: readonly (readonly Point[])[];
  readonly limit: number;
  /** The highest value from which this process has come down again by itself; 0 before. */
  readonly highWater: number;
  /** Whether what has grown along these points grows still. */
  readonly goesOn: (growth: Growth, points: readonly Point[]) => boolean;
}

/** A growth that leads to the limit. */
export interface Climb {
  readonly growth: Growth;
  /** Which of the levels it was found in. */
  readonly level: number;
}

/** The growth that leads to the limit, from the finest level that shows one. Unknown while the points are too few. */
export function findClimb(view: ClimbView, rule: ClimbRule): Climb | 'quiet' | 'unknown' {
  let known = false;
  for (const [level, points] of view.levels.entries()) {
    if (points.length >= rule.points && isLevel(points, rule)) {
      known = true;
      continue;
    }
    const growth = findGrowth(points, rule, (candidate) => isFar(candidate, points, view, rule));
    if (growth === 'unknown') continue;
    known = true;
    if (growth !== null && view.goesOn(growth, points)) return { growth, level };
  }
  return known ? 'quiet' : 'unknown';
}

/** A line is dear, and most processes are level most of the time: without a rise there is none to look for. */
function isLevel(points: readonly Point[], { climbLeast }: ClimbRule): boolean {
  const lowest = points.reduce((low, { value }) => Math.min(low, value), Number.POSITIVE_INFINITY);
  return points.at(-1)!.value - lowest <= climbLeast;
}

/** A point below one that the process has come back from is known territory: a batch that comes each night. */
function isFar(
  { climbed, points: count, toCome, beganShare }: Growth,
  points: readonly Point[],
  { limit, highWater }: ClimbView,
  rule: ClimbRule,
): boolean {
  const { climbShare, climbLeast, restShare } = rule;
  if (beganShare < rule.beganShare) return false;
  const first = points.at(-count)!.value;
  const last = points.at(-1)!.value;
  if (last + toCome < limit * restShare) return false;
  const enough = climbed > Math.max(climbLeast, (limit - first) * climbShare);
  return enough && last > highWater + (limit - highWater) * (climbShare / 2);
}
