import { fitTrend, type Point } from './theil-sen.js';

/** When readings that rise are a growth that goes on. */
export interface GrowthRule {
  /** Fewer points than these make a line of anything. */
  readonly points: number;
  /** Shorter growth is a burst, or a cache being filled. Unit: ms. */
  readonly spanMs: number;
  /** Share of the pairs of points that rise. A sawtooth has half of them, a leak with some noise nearly all. */
  readonly risingShare: number;
  /** Slope of the newer half against that of the older one. Below this it is about to end. */
  readonly steadiness: number;
}

/** A growth that goes on. */
export interface Growth {
  readonly perSecond: number;
  /** Rise from the first point to the last, or along the line between them, whichever is smaller. */
  readonly climbed: number;
  readonly spanMs: number;
  /** How much is still to come if it goes on slowing down as it did, as a cache does that fills up; Infinity when it
   *  does not slow down. */
  readonly toCome: number;
  /** Slope of the older half against that of the newer one. Near 0 or below it, everything has come at once. */
  readonly beganShare: number;
  /** Number of points it rests on. */
  readonly points: number;
  readonly risingShare: number;
}

/** More points than these say no more, and cost the square of their number. */
const pointsMax = 48;

/** The longest run of newest points that grows steadily. `accept` may ask for more than the rule. Oldest first; null
 *  when there is none, `'unknown'` while the points are too few. */
export function findGrowth(
  points: readonly Point[],
  rule: GrowthRule,
  accept: (growth: Growth) => boolean = () => true,
): Growth | null | 'unknown' {
  if (points.length < rule.points) return 'unknown';
  for (let count = Math.min(points.length, pointsMax); count >= rule.points; count = shorter(count, rule)) {
    const growth = growthOf(points.slice(-count), rule);
    if (growth !== null && accept(growth)) return growth;
  }
  return null;
}

/** Runs of every length would be looked at for nothing: a third less each time finds the beginning well enough. */
const shorter = (count: number, rule: GrowthRule): number =>
  count === rule.points ? 0 : Math.max(rule.points, Math.floor((count * 2) / 3));

function growthOf(points: readonly Point[], rule: GrowthRule): Growth | null {
  const [first, last] = [points[0]!, points.at(-1)!];
  const spanMs = last.atMs - first.atMs;
  const trend = fitTrend(points);
  if (spanMs < rule.spanMs || trend === null || trend.perSecond <= 0) return null;
  const halves = slopesOfHalves(points);
  if (trend.risingShare < rule.risingShare || halves === null) return null;
  if (halves.newer <= 0 || halves.newer < halves.older * rule.steadiness) return null;
  const { perSecond, risingShare } = trend;
  return {
    perSecond,
    climbed: Math.min((perSecond * spanMs) / 1_000, last.value - first.value),
    spanMs,
    toCome: toCome(halves, spanMs),
    beganShare: halves.older / halves.newer,
    points: points.length,
    risingShare,
  };
}

/** The halves are halves in time: collections come ever more seldom while a heap grows. */
function slopesOfHalves(points: readonly Point[]): { older: number; newer: number } | null {
  const [first, last] = [points[0]!, points.at(-1)!];
  const middleMs = (first.atMs + last.atMs) / 2;
  const middle = points.findIndex(({ atMs }) => atMs >= middleMs);
  const cut = Math.min(Math.max(middle, 1), points.length - 2);
  const older = fitTrend(points.slice(0, cut + 1));
  const newer = fitTrend(points.slice(cut));
  return older && newer && { older: older.perSecond, newer: newer.perSecond };
}

/** A growth that loses the same share of its slope in each span of time comes to rest; this is the way until then. */
function toCome({ older, newer }: { older: number; newer: number }, spanMs: number): number {
  if (newer >= older) return Number.POSITIVE_INFINITY;
  const apartSeconds = spanMs / 2_000;
  const decaySeconds = apartSeconds / Math.log(older / newer);
  const slopeNow = newer * Math.exp(-apartSeconds / 2 / decaySeconds);
  return slopeNow * decaySeconds;
}
