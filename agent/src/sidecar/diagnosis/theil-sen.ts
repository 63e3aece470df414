/** One reading of something that may grow. */
export interface Point {
  /** Unit: ms, on any clock that does not go back. */
  readonly atMs: number;
  readonly value: number;
}

/** A straight line through points that some outliers do not bend. */
export interface Trend {
  /** Median of the slopes of all pairs of points. Unit: value a second. */
  readonly perSecond: number;
  /** Share of the pairs that rise, 0..1. */
  readonly risingShare: number;
}

/** Fits the line of Theil and Sen: up to 29 % of the points may be anything. Null for fewer than two moments.
 *  The work grows with the square of the number of points, so callers bound it. */
export function fitTrend(points: readonly Point[]): Trend | null {
  const slopes: number[] = [];
  points.forEach((from, index) => {
    for (const to of points.slice(index + 1)) {
      if (to.atMs > from.atMs) slopes.push(((to.value - from.value) / (to.atMs - from.atMs)) * 1_000);
    }
  });
  if (slopes.length === 0) return null;
  return {
    perSecond: median(slopes),
    risingShare: slopes.filter((slope) => slope > 0).length / slopes.length,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
