import { type MetricId, metricCatalog } from '@faultline/agent/catalog';
import { recordings } from '../rules/all.js';
import { type Part, spellingsOf } from '../rules/spellings.js';

/** A series that may be queried. */
export interface KnownSeries {
  readonly type: 'counter' | 'gauge';
  /** Labels beside those of the target, in all spellings. */
  readonly labels: readonly string[];
  /** Metrics of the catalog that it shows. */
  readonly metrics: readonly MetricId[];
}

const prometheusOwn: readonly (readonly [string, KnownSeries])[] = [
  ['ALERTS', { type: 'gauge', labels: ['alertname', 'alertstate', 'severity', 'incident'], metrics: [] }],
];

/** Every series by its name: all spellings of the catalog's metrics, what recording rules make, and Prometheus'
 *  own. The type is the catalog's; names are not trusted to tell it. */
export const knownSeries: ReadonlyMap<string, KnownSeries> = collect();

/** Labels of a series beside those of the target; empty for one that is not known. */
export function labelsOfSeries(name: string): readonly string[] {
  return knownSeries.get(name)?.labels ?? [];
}

function collect(): Map<string, KnownSeries> {
  const series = new Map(prometheusOwn);
  for (const id of metricIds()) {
    for (const part of partsOf(id)) {
      for (const { name, labels } of spellingsOf(id, part)) {
        const counts = part !== '' || metricCatalog[id].type === 'counter';
        const all = [...labels, ...(part === '_bucket' ? ['le'] : []), ...(series.get(name)?.labels ?? [])];
        series.set(name, {
          type: counts ? 'counter' : 'gauge',
          labels: [...new Set(all)],
          metrics: [...new Set([...(series.get(name)?.metrics ?? []), id])],
        });
      }
    }
  }
  for (const { record, type, labels, of } of recordings) series.set(record, { type, labels, metrics: of });
  return series;
}

/** Ids of all metrics in the catalog. */
export function metricIds(): readonly MetricId[] {
  return Object.keys(metricCatalog).filter((id): id is MetricId => id in metricCatalog);
}

function partsOf(id: MetricId): readonly Part[] {
  return metricCatalog[id].type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
}
