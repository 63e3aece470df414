import type { DependencyWindow } from '../../protocol/dependency.js';

/** Answered calls of some windows, added up. */
export interface AnswerTimes {
  readonly calls: number;
  readonly counts: readonly number[];
  readonly answeredSeconds: number;
  readonly waitedSeconds: number;
  readonly lookupSeconds: number;
  readonly ownDelaySeconds: number;
}

export function sumTimes(windows: readonly DependencyWindow[]): AnswerTimes {
  const counts = (windows[0]?.counts ?? []).map((_, bucket) =>
    windows.reduce((sum, window) => sum + (window.counts[bucket] ?? 0), 0),
  );
  const sum = (pick: (window: DependencyWindow) => number): number =>
    windows.reduce((total, window) => total + pick(window), 0);
  return {
    calls: counts.reduce((total, count) => total + count, 0),
    counts,
    answeredSeconds: sum(({ answeredSeconds }) => answeredSeconds),
    waitedSeconds: sum(({ waitedSeconds }) => waitedSeconds),
    lookupSeconds: sum(({ lookupSeconds }) => lookupSeconds),
    ownDelaySeconds: sum(({ ownDelaySeconds }) => ownDelaySeconds),
  };
}

/** Quantile of times that were counted by upper bounds, linear within a bucket, as Prometheus does it; the highest
 *  bound for what lies beyond it. Null without a call. Unit: that of the bounds. */
export function quantileOf(
  counts: readonly number[],
  bounds: readonly number[],
  quantile: number,
): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = quantile * total;
  for (const [bucket, upper] of bounds.entries()) {
    const count = counts[bucket] ?? 0;
    if (left <= count && count > 0) {
      const lower = bounds[bucket - 1] ?? 0;
      return lower + ((upper - lower) * left) / count;
    }
    left -= count;
  }
  return bounds.at(-1) ?? null;
}

/** Share of the calls beyond a limit, which must be one of the bounds, 0..1. */
export function shareBeyond(counts: readonly number[], bounds: readonly number[], limit: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const beyond = counts.reduce(
    (sum, count, bucket) => sum + ((bounds[bucket] ?? Infinity) > limit ? count : 0),
    0,
  );
  return total === 0 ? 0 : beyond / total;
}
