import type { MetricObject, MetricObjectWithValues, MetricValue, MetricValueWithName } from 'prom-client';
import { type MetricId, metricCatalog } from '../catalog/metrics.js';
import type { MetricRow } from '../catalog/types.js';
import type { HistogramReading, Reading } from '../protocol/reading.js';

type Values = MetricObjectWithValues<MetricValue<string> | MetricValueWithName<string>>;

/** A metric in the shape that a prom-client Registry keeps. It holds nothing: every scrape asks `collect`. */
export interface PrometheusMetric {
  /** prom-client takes `_total` off the name of a counter when it writes OpenMetrics. */
  name: string;
  readonly help: string;
  readonly type: MetricRow['type'];
  readonly aggregator: 'sum' | 'max';
  readonly labelNames: readonly string[];
  get(): Promise<Values>;
  /** prom-client calls it on resetMetrics(); the agent's numbers run from its start, so nothing happens. */
  reset(): void;
}

/** The part of a prom-client Registry that is used; any version of it, the host's own included. */
export interface PrometheusRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

/** Names of the labels that the user has chosen, in the order of the catalog, by metric. */
export type LabelNames = { readonly [Id in MetricId]?: readonly string[] };

/** One object for each metric of the catalog that has a name in Prometheus. `collect` is called once for each
 *  of them in a scrape; it should answer all calls of one scrape from one reading. */
export function prometheusMetrics(
  collect: () => Promise<readonly Reading[]>,
  chosen: LabelNames = {},
): PrometheusMetric[] {
  return (Object.entries(metricCatalog) as [MetricId, MetricRow][]).flatMap(([id, row]) => {
    if (row.prometheus === null) return [];
    const labelNames = chosen[id] ?? row.labels.map((label) => label.prometheus);
    const header = {
      name: row.prometheus,
      help: row.help,
      type: row.type,
      aggregator: row.type === 'gauge' ? ('max' as const) : ('sum' as const),
    };
    const metric: PrometheusMetric = {
      ...header,
      labelNames,
      async get() {
        const readings = (await collect()).filter((reading) => reading.metric === id);
        const values = readings.flatMap((reading) => encode(row, reading, labelNames));
        return { ...(header as unknown as MetricObject), name: metric.name, values };
      },
      reset() {},
    };
    return [metric];
  });
}

/** What became of metrics in somebody's registry. */
export interface Registration {
  /** Names that the registry had already. */
  readonly present: string[];
  /** How many were put in. */
  readonly added: number;
  /** Takes out what was put in, unless something else has taken its place. */
  remove(): void;
}

/** Registers the metrics that the registry does not have yet. */
export function registerPrometheusMetrics(
  registry: PrometheusRegistry,
  metrics: readonly PrometheusMetric[],
): Registration {
  const present: string[] = [];
  // By the name of now: prom-client renames counters when it writes OpenMetrics.
  const added = new Map<string, PrometheusMetric>();
  for (const metric of metrics) {
    if (registry.getSingleMetric(metric.name) !== undefined) {
      present.push(metric.name);
      continue;
    }
    registry.registerMetric(metric as never);
    added.set(metric.name, metric);
  }
  return {
    present,
    added: added.size,
    remove() {
      for (const [name, metric] of added) {
        if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name);
      }
    },
  };
}

type Encoded = MetricValue<string> | MetricValueWithName<string>;

function encode(row: MetricRow, reading: Reading, labelNames: readonly string[]): Encoded[] {
  const labels = encodeLabels(row, reading, labelNames);
  return 'value' in reading ? [{ value: reading.value, labels }] : encodeHistogram(row, reading, labels);
}

/** Buckets are cumulated here: that is Prometheus's convention, not a property of the counts. */
function encodeHistogram(
  row: MetricRow,
  reading: HistogramReading,
  labels: Readonly<Record<string, string>>,
): MetricValueWithName<string>[] {
  const { counts, sum } = reading.histogram;
  const bounds: (number | string)[] = [...(row.buckets ?? []), '+Inf'];
  let total = 0;
  const buckets = bounds.map((le, index) => {
    total += counts[index] ?? 0;
    return { metricName: `${row.prometheus}_bucket`, labels: { le, ...labels }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${row.prometheus}_sum`, labels, value: sum },
    { metricName: `${row.prometheus}_count`, labels, value: total },
  ];
}

/** prom-client publishes heap spaces without the `_space` that V8 puts behind each name. */
const encodeLabels = (
  row: MetricRow,
  reading: Reading,
  labelNames: readonly string[],
): Record<string, string> =>
  Object.fromEntries(
    row.labels.map(({ prometheus }, index) => {
      const text = reading.labels[index] ?? '';
      return [labelNames[index]!, prometheus === 'space' ? text.replace(/_space$/, '') : text];
    }),
  );
