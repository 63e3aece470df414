import { type MetricId, metricCatalog } from '@faultline/agent/catalog';
import type { Recording } from './recording.js';
import { type Part, type Spelling, scopeLabels, spellingsOf } from './spellings.js';

/** Brings every spelling of one metric to one series with the catalog's Prometheus labels. Labels of the target
 *  (job, instance, pod …) stay. Where a process exports two spellings at once the larger value is kept. */
export function unite(record: string, of: MetricId, part: Part = ''): Recording {
  const row = metricCatalog[of];
  const labels = row.labels.map((label) => label.prometheus);
  const spellings = spellingsOf(of, part);
  const foreign = spellings.flatMap((spelling) => spelling.labels).filter((label) => !labels.includes(label));
  const dropped = [...new Set(foreign), ...scopeLabels].join(', ');
  return {
    record,
    of: [of],
    type: row.type === 'counter' || part !== '' ? 'counter' : 'gauge',
    labels: part === '_bucket' ? [...labels, 'le'] : labels,
    expr: `max without (${dropped}) (\n${alternatives(spellings, labels)}\n)`,
  };
}

function alternatives(spellings: readonly Spelling[], labels: readonly string[]): string {
  return [...new Set(spellings.map((spelling) => spelling.name))]
    .map((name) => {
      const sameName = spellings.filter((spelling) => spelling.name === name);
      return sameName.reduce((expr, spelling) => relabel(expr, spelling.labels, labels), name);
    })
    .map((expr, index) => `${index === 0 ? '  ' : '  or '}${expr}`)
    .join('\n');
}

/** Copies each label under its other name. Series that lack the label pass unchanged. */
function relabel(expr: string, from: readonly string[], to: readonly string[]): string {
  return from.reduce((inner, label, index) => {
    const target = to[index];
    if (target === undefined || target === label) return inner;
    // Only OpenTelemetry keeps V8's `_space` at the end of the names of heap spaces.
    const value = target === 'space' ? '(.+?)(?:_space)?' : '(.+)';
    return `label_replace(${inner}, "${target}", "$1", "${label}", "${value}")`;
  }, expr);
}
