import { type MetricId, type MetricRow, metricCatalog } from '@faultline/agent/catalog';

/** The series of a histogram that is meant; empty for gauges and counters. */
export type Part = '' | '_sum' | '_count' | '_bucket';

/** One name under which a metric arrives in Prometheus, with the names of its labels there. */
export interface Spelling {
  /** Where this name comes from. `agent` is prom-client's spelling too. */
  readonly from: 'agent' | 'collector' | 'javascript-exporter';
  readonly name: string;
  /** In the order of the catalog's labels. */
  readonly labels: readonly string[];
}

/** Labels that OpenTelemetry exporters add to name the instrumentation; they say nothing about the service. */
export const scopeLabels = ['otel_scope_name', 'otel_scope_schema_url', 'otel_scope_version'] as const;

/** All names under which a metric can arrive, without repetition. The Collector and OTLP receivers add unit
 *  suffixes to OpenTelemetry's names, the JavaScript Prometheus exporter does not.
 *  Source: OpenTelemetry's Prometheus and OpenMetrics compatibility specification. */
export function spellingsOf(id: MetricId, part: Part = ''): readonly Spelling[] {
  const row = metricCatalog[id];
  const spellings: Spelling[] = [];
  if (row.prometheus !== null) {
    const labels = row.labels.map((label) => label.prometheus);
    spellings.push({ from: 'agent', name: `${row.prometheus}${part}`, labels });
  }
  if (row.otel !== null) {
    const base = underscored(row.otel);
    const labels = row.labels.map((label) => underscored(label.otel));
    const total = row.type === 'counter' ? '_total' : '';
    spellings.push({ from: 'collector', name: `${base}${unitSuffix(row)}${total}${part}`, labels });
    spellings.push({ from: 'javascript-exporter', name: `${base}${total}${part}`, labels });
  }
  const key = (spelling: Spelling): string => [spelling.name, ...spelling.labels].join();
  return spellings.filter((one, index) => spellings.findIndex((other) => key(other) === key(one)) === index);
}

/** OpenTelemetry's dots are not allowed in Prometheus names. */
function underscored(name: string): string {
  return name.replaceAll('.', '_');
}

function unitSuffix({ unit, type }: MetricRow): string {
  if (unit === 's') return '_seconds';
  if (unit === 'By') return '_bytes';
  return unit === '1' && type === 'gauge' ? '_ratio' : '';
}
