import { parseQuery, type Query } from '../promql/syntax.js';
import { type Emitted, panelsOf, rulesOf } from './emitted.js';

/** One PromQL expression of the output. */
export interface Expression {
  readonly where: string;
  readonly kind: 'panel' | 'annotation' | 'record' | 'alert';
  /** As written, with Grafana's variables. */
  readonly text: string;
  /** Parsed, with Grafana's durations replaced. */
  readonly query: Query;
  /** Template in which labels of the result are used: a legend or an annotation; empty for rules. */
  readonly template: string;
  /** Name of the series that a recording rule makes; null elsewhere. */
  readonly record: string | null;
}

/** Every expression of dashboards and rules. */
export function expressionsOf(emitted: Emitted): readonly Expression[] {
  return [...dashboardExpressions(emitted), ...ruleExpressions(emitted)];
}

/** Expressions of panels and annotations. */
export function dashboardExpressions(emitted: Emitted): readonly Expression[] {
  const targets = panelsOf(emitted).flatMap(({ where, panel }) =>
    (panel.targets ?? []).map(({ refId, expr, legendFormat }) =>
      expression('panel', `${where} ${refId}`, expr, legendFormat),
    ),
  );
  const annotations = emitted.dashboards.flatMap(({ path, dashboard }) =>
    (dashboard.annotations?.list ?? []).map(({ name, expr, titleFormat }) =>
      expression('annotation', `${path}: annotation "${name}"`, expr, titleFormat),
    ),
  );
  return [...targets, ...annotations];
}

/** Expressions of recording and alerting rules. */
export function ruleExpressions(emitted: Emitted): readonly Expression[] {
  return rulesOf(emitted).map(({ where, rule }) => ({
    ...expression('record' in rule ? 'record' : 'alert', where, rule.expr),
    record: 'record' in rule ? rule.record : null,
  }));
}

function expression(kind: Expression['kind'], where: string, text = '', template = ''): Expression {
  return { where, kind, text, query: parseQuery(text), template, record: null };
}
