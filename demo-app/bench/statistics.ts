/** A median with the interval that holds the true one in 95 of 100 runs. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Order statistics: no assumption about how the values are spread. With fewer than 6 values the interval is
 *  their whole range, which holds the median less often than the name says. Throws for an empty list. */
export function estimateMedian(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  if (count === 0) throw new RangeError('estimateMedian() wants at least one value; got none.');
  const half = 0.98 * Math.sqrt(count);
  const low = Math.max(0, Math.floor(count / 2 - half));
  const high = Math.min(count - 1, Math.ceil(count / 2 + half) - 1);
  const middle = count / 2;
  const median = count % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, low: sorted[low]!, high: sorted[Math.max(high, low)]!, count };
}
