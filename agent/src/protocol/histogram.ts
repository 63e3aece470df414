import type { HistogramCounts } from './snapshot.js';

/** A histogram that is being counted. Not cumulated: exporters do that. */
export interface Histogram {
  record(value: number): void;
  read(): HistogramCounts;
}

/** Counts values by ascending upper bounds; a value on a bound belongs to that bucket, as in Prometheus. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  // Most are read far more often than they change.
  let newest: HistogramCounts | null = null;
  return {
    record(value) {
      let bucket = 0;
      while (bucket < bounds.length && value > bounds[bucket]!) bucket += 1;
      counts[bucket]! += 1;
      sum += value;
      newest = null;
    },
    read() {
      newest ??= { counts: [...counts], sum };
      return newest;
    },
  };
}
