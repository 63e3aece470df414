import { nodesOf } from '../promql/syntax.js';
import { expressionsOf } from './expressions.js';
import type { Check } from './finding.js';

/** Ranges are taken of series, never of results: rate(sum(…)[…:…]) takes a falling sum for a restart. */
export const rangeOfSeries: Check = (emitted) =>
  expressionsOf(emitted).flatMap(({ where, query }) =>
    nodesOf(query.root, 'SubqueryExpr').map(() => ({
      where,
      message: 'takes a range of a result; take the rate first and aggregate it',
    })),
  );
