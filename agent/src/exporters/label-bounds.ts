import { createHash } from 'node:crypto';
import { type MetricId, metricCatalog } from '../catalog/metrics.js';
import type { LabelValues, Reading } from '../protocol/reading.js';
import type { HistogramCounts } from '../protocol/snapshot.js';

/** Label value that stands for all values beyond a label's bound. */
export const overflowValue = 'other';

/** Series of one metric that are remembered as folded, so that none is counted twice. The count stops there: a metric
 *  with so many has lost its meaning, and a number that may hold repetitions says less than one that stands still. */
const foldedKept = 1_000;

/** Keeps every label within its bound in the catalog: values beyond it fall into `other`, where they are added
 *  up. The first values seen keep their names for good, so that a series never changes its meaning. */
export interface LabelBounds {
  apply(readings: readonly Reading[]): Reading[];
  /** The labels of one value that is told as it happens. What comes after those of the catalog stays as it is. */
  fold(metric: MetricId, labels: LabelValues): LabelValues;
  /** How many different series fell into `other` since the start, by Prometheus name of the metric; at most 1,000
   *  for each. How often they are read does not matter. */
  overflows(): ReadonlyMap<string, number>;
}

export function createLabelBounds(): LabelBounds {
  const known = new Map<string, Set<string>>();
  const folded = new Map<string, Set<string>>();

  const count = ({ metric, labels }: Reading): void => {
    const name = metricCatalog[metric].prometheus ?? metricCatalog[metric].otel ?? metric;
    const series = folded.get(name) ?? new Set();
    folded.set(name, series);
    if (series.size < foldedKept) series.add(digest(JSON.stringify(labels)));
  };
  const keep = (metric: MetricId, index: number, labelValue: string): string => {
    const bound = metricCatalog[metric].labels[index]?.bound ?? Number.POSITIVE_INFINITY;
    const key = `${metric}/${index}`;
    const values = known.get(key) ?? new Set();
    known.set(key, values);
    if (values.has(labelValue)) return labelValue;
    if (values.size < bound) {
      values.add(labelValue);
      return labelValue;
    }
    return overflowValue;
  };

  const fold: LabelBounds['fold'] = (metric, labels) =>
    labels.map((labelValue, index) => keep(metric, index, labelValue));

  return {
    fold,
    apply(readings) {
      const merged = new Map<string, Reading>();
      for (const reading of readings) {
        const labels = fold(reading.metric, reading.labels);
        if (labels.some((labelValue, index) => labelValue !== reading.labels[index])) count(reading);
        const key = JSON.stringify([reading.metric, labels]);
        const earlier = merged.get(key);
        merged.set(key, earlier === undefined ? { ...reading, labels } : add(earlier, reading));
      }
      return [...merged.values()];
    },
    overflows: () => new Map([...folded].map(([name, series]) => [name, series.size])),
  };
}

/** Label values may be long and come from outside; their digests have a size that is known. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64');

function add(a: Reading, b: Reading): Reading {
  if ('value' in a && 'value' in b) return { ...a, value: a.value + b.value };
  if ('histogram' in a && 'histogram' in b) return { ...a, histogram: addCounts(a.histogram, b.histogram) };
  return a;
}

const addCounts = (a: HistogramCounts, b: HistogramCounts): HistogramCounts => ({
  counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)),
  sum: a.sum + b.sum,
});
