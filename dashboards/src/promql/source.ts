import { type MetricId, type MetricType, metricCatalog } from '@faultline/agent/catalog';
import { DashboardsError } from '../errors.js';
import type { Recording } from '../rules/recording.js';

/** What a query reads: a metric of the catalog by its id, or a series made by a recording rule. */
export type Source = MetricId | Recording;

/** Name, type and labels of a source as Prometheus sees them. */
export interface SourceFacts {
  readonly name: string;
  readonly type: MetricType;
  /** Labels beside those of the target. */
  readonly labels: readonly string[];
}

/** Looks a source up. Throws DASHBOARDS_NOT_IN_PROMETHEUS for a metric that only OpenTelemetry knows. */
export function factsOf(source: Source): SourceFacts {
  if (typeof source !== 'string') return { name: source.record, type: source.type, labels: source.labels };
  const row = metricCatalog[source];
  if (row.prometheus === null) {
    throw new DashboardsError(
      'DASHBOARDS_NOT_IN_PROMETHEUS',
      `Metric ${source} has no Prometheus name in the catalog, so no query can read it.`,
    );
  }
  return { name: row.prometheus, type: row.type, labels: row.labels.map((label) => label.prometheus) };
}
