import { survivingLabels } from '../promql/labels.js';
import { parseQuery, type Query } from '../promql/syntax.js';
import { alertsOf } from './emitted.js';
import { dashboardExpressions } from './expressions.js';
import type { Check, Finding } from './finding.js';
import { labelsOfSeries } from './known-series.js';

/** Legends and alert annotations use only labels that the result of the query still has. */
export const templateLabels: Check = (emitted) => [
  ...dashboardExpressions(emitted).flatMap(({ where, query, template }) =>
    missing(where, query, labelsIn(template, /\{\{\s*(\w+)\s*\}\}/g)),
  ),
  ...alertsOf(emitted).flatMap(({ where, rule }) =>
    missing(where, parseQuery(rule.expr), [
      ...Object.values(rule.annotations).flatMap((text) => labelsIn(text, /\$labels\.(\w+)/g)),
    ]),
  ),
];

function labelsIn(template: string, pattern: RegExp): readonly string[] {
  return [...template.matchAll(pattern)].map(([, label]) => label ?? '');
}

function missing(where: string, query: Query, used: readonly string[]): readonly Finding[] {
  const labels = survivingLabels(query, query.root, labelsOfSeries) ?? [];
  return used
    .filter((label) => !labels.includes(label))
    .map((label) => ({ where, message: `uses label "${label}", which the query drops` }));
}
