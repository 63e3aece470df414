import { metricCatalog } from '@faultline/agent/catalog';
import type { Page } from './page.js';

/** Words of PromQL that look like metric names but are none. */
const promqlWords = new Set(
  'by without on ignoring group_left group_right bool offset and or unless inf nan start end atan2'.split(
    ' ',
  ),
);
/** Series that Prometheus makes itself. */
const ownSeries = new Set(['up', 'ALERTS', 'ALERTS_FOR_STATE', 'scrape_duration_seconds']);

/** Every series name that the agent's catalog gives rise to. */
function catalogSeries(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { prometheus, type } of Object.values(metricCatalog)) {
    if (prometheus === null) continue;
    names.add(prometheus);
    if (type === 'histogram') {
      for (const suffix of ['_bucket', '_sum', '_count']) names.add(prometheus + suffix);
    }
  }
  return names;
}

/** Names of metrics in a PromQL expression: what is neither label, function, keyword nor text. */
export function metricsOf(promql: string): readonly string[] {
  const bare = promql
    .replace(/#.*$/gm, '')
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi, ' ');
  const names = [...bare.matchAll(/(?<![\w.:])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g)].map((match) => match[0]);
  return [...new Set(names.filter((name) => !promqlWords.has(name.toLowerCase())))];
}

/** Complaints about metrics in a page's queries that neither the agent's catalog nor a recording rule has.
 *  @param recorded names of the recording rules that the project emits. */
export function unknownMetrics(page: Page, recorded: ReadonlySet<string>): readonly string[] {
  const known = catalogSeries();
  return page.fences
    .filter((fence) => fence.language === 'promql')
    .flatMap((fence) =>
      metricsOf(fence.content)
        .filter((name) => !known.has(name) && !recorded.has(name) && !ownSeries.has(name))
        .map((name) => `${page.file}:${fence.line}: the metric ${name} is not in the catalog`),
    );
}
