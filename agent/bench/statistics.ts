/** A median with the interval that holds the true one in 95 of 100 runs. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Fewer values give no interval of 95 %. */
export const smallestSample = 6;

/** Order statistics: no assumption about how the values are spread. Throws for fewer than 6 values, which cannot
 *  give such an interval. */
export function estimateMedian(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  if (count < smallestSample)
    throw new RangeError(`estimateMedian() wants at least ${smallestSample} values; got ${count}.`);
  const half = 0.98 * Math.sqrt(count);
  const low = Math.max(0, Math.floor(count / 2 - half));
  const high = Math.min(count - 1, Math.ceil(count / 2 + half) - 1);
  const middle = (sorted[Math.floor((count - 1) / 2)]! + sorted[Math.ceil((count - 1) / 2)]!) / 2;
  return { median: middle, low: sorted[low]!, high: sorted[high]! };
}
