import { survivingLabels } from '../promql/labels.js';
import { parseQuery } from '../promql/syntax.js';
import type { AlertRule } from '../rules/rule-file.js';
import { alertsOf, type Located } from './emitted.js';
import type { Check } from './finding.js';
import { labelsOfSeries } from './known-series.js';

/** A critical alert has a warning twin with the same labels but severity, and both keep job and instance: by
 *  these Alertmanager inhibits the one under the other. */
export const severityPairs: Check = (emitted) => {
  const alerts = alertsOf(emitted);
  return alerts
    .filter(({ rule }) => rule.labels.severity === 'critical')
    .filter(
      (critical) => !alerts.some((other) => other.path === critical.path && isTwin(critical.rule, other)),
    )
    .map(({ where }) => ({
      where,
      message: 'has no warning with the same labels, so nothing can be inhibited',
    }));
};

function isTwin(critical: AlertRule, { rule }: Located<AlertRule>): boolean {
  const labels = resultLabels(critical);
  return (
    rule.labels.severity === 'warning' &&
    rule.alert === critical.alert &&
    rule.labels.incident === critical.labels.incident &&
    ['job', 'instance'].every((label) => labels.includes(label)) &&
    labels.join() === resultLabels(rule).join()
  );
}

function resultLabels({ expr }: AlertRule): readonly string[] {
  const query = parseQuery(expr);
  return [...(survivingLabels(query, query.root, labelsOfSeries) ?? [])].sort();
}
