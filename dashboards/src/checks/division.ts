import type { SyntaxNode } from '@lezer/common';
import { argumentsOf, childrenOf, nodesOf } from '../promql/syntax.js';
import { expressionsOf } from './expressions.js';
import type { Check } from './finding.js';

/** Nothing is divided inside an aggregation: a mean of ratios is not the ratio of the sums. */
export const division: Check = (emitted) =>
  expressionsOf(emitted).flatMap(({ where, query }) =>
    nodesOf(query.root, 'AggregateExpr')
      .filter((aggregation) => argumentsOf(aggregation).some(divides))
      .map(() => ({ where, message: 'divides inside an aggregation; divide the aggregated sums' })),
  );

function divides(node: SyntaxNode): boolean {
  return nodesOf(node, 'BinaryExpr').some((binary) => childrenOf(binary).some(({ name }) => name === 'Div'));
}
