import type { SyntaxNode } from '@lezer/common';
import { matchingOf, survivingLabels } from '../promql/labels.js';
import { nodesOf, type Query } from '../promql/syntax.js';
import { expressionsOf } from './expressions.js';
import type { Check } from './finding.js';
import { labelsOfSeries } from './known-series.js';

/** Both sides of an operator can match: labels named in `on` exist on both, and without `on` both sides have the
 *  same labels. */
export const vectorMatching: Check = (emitted) =>
  expressionsOf(emitted).flatMap(({ where, query }) =>
    nodesOf(query.root, 'BinaryExpr').flatMap((node) => {
      const problem = problemOf(query, node);
      return problem === null ? [] : [{ where, message: problem }];
    }),
  );

function problemOf(query: Query, node: SyntaxNode): string | null {
  const { left, right, operator, mode, labels } = matchingOf(query, node);
  const one = survivingLabels(query, left, labelsOfSeries);
  const other = survivingLabels(query, right, labelsOfSeries);
  if (one === null || other === null || operator === 'Or') return null;
  if (mode === 'on') {
    const missing = labels.filter((label) => !one.includes(label) || !other.includes(label));
    return missing.length === 0 ? null : `matches on ${missing.join(', ')}, which one side does not have`;
  }
  const matched = (side: readonly string[]): string =>
    side
      .filter((label) => mode === null || !labels.includes(label))
      .sort()
      .join(', ');
  if (matched(one) === matched(other)) return null;
  return `matches (${matched(one)}) with (${matched(other)}), which are never equal`;
}
