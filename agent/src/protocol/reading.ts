import type { MetricId } from '../catalog/metrics.js';
import type { HistogramCounts } from './snapshot.js';

/** Label values in the order of the metric's row in the catalog. */
export type LabelValues = readonly string[];

/** One value of a gauge or counter, in the unit of the catalog. */
export interface ValueReading {
  readonly metric: MetricId;
  readonly labels: LabelValues;
  readonly value: number;
}

/** One histogram, in the unit and with the buckets of the catalog. */
export interface HistogramReading {
  readonly metric: MetricId;
  readonly labels: LabelValues;
  readonly histogram: HistogramCounts;
}

/** What exporters are given: one metric, one set of labels, one value. No data is no reading, never 0. */
export type Reading = ValueReading | HistogramReading;
