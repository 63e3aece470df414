import type { SyntaxNode } from '@lezer/common';
import { matchingOf } from '../promql/labels.js';
import { parseQuery, type Query } from '../promql/syntax.js';
import { alertsOf } from './emitted.js';
import type { Check } from './finding.js';

const comparisons = ['Eql', 'Neq', 'Gtr', 'Gte', 'Lss', 'Lte'];

/** Every alert compares with a limit in every branch; without a comparison it fires whenever there is data. */
export const alertComparison: Check = (emitted) =>
  alertsOf(emitted)
    .filter(({ rule }) => {
      const query = parseQuery(rule.expr);
      return !compares(query, query.root);
    })
    .map(({ where }) => ({ where, message: 'must compare with a limit, or it always fires' }));

function compares(query: Query, node: SyntaxNode): boolean {
  if (node.name !== 'BinaryExpr')
    return node.firstChild !== null && isWrapper(node) && compares(query, node.firstChild);
  if (node.getChild('BoolModifier') !== null) return false;
  const { left, right, operator } = matchingOf(query, node);
  if (operator === 'Or') return compares(query, left) && compares(query, right);
  if (operator === 'And') return compares(query, left) || compares(query, right);
  return operator === 'Unless' ? compares(query, left) : comparisons.includes(operator);
}

function isWrapper({ name }: SyntaxNode): boolean {
  return name === 'PromQL' || name === 'ParenExpr';
}
