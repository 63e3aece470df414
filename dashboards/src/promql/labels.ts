import type { SyntaxNode } from '@lezer/common';
import { argumentsOf, childrenOf, functionName, nodesOf, type Query, textOf } from './syntax.js';

/** Labels beside job and instance that a series is known to have. */
export type LabelsOf = (metric: string) => readonly string[];

/** Labels that every target has. */
export const targetLabels = ['job', 'instance'] as const;

const setOperators = ['And', 'Or', 'Unless'];
const transparent = ['ParenExpr', 'OffsetExpr', 'SubqueryExpr', 'MatrixSelector', 'UnaryExpr', 'PromQL'];

/** Labels that the result of a node has for certain; null for a scalar, which has none and matches anything.
 *  Source: the rules of vector matching in Prometheus' documentation of operators. */
export function survivingLabels(
  query: Query,
  node: SyntaxNode,
  labelsOf: LabelsOf,
): readonly string[] | null {
  if (node.name === 'VectorSelector') {
    const name = node.getChild('Identifier');
    return [...targetLabels, ...(name === null ? [] : labelsOf(textOf(query, name)))];
  }
  if (node.name === 'AggregateExpr') return afterAggregation(query, node, labelsOf);
  if (node.name === 'FunctionCall') return afterFunction(query, node, labelsOf);
  if (node.name === 'BinaryExpr') return afterOperator(query, node, labelsOf);
  const inner = transparent.includes(node.name) ? node.firstChild : null;
  return inner === null ? null : survivingLabels(query, inner, labelsOf);
}

/** The two sides of a binary operator, and the labels it matches by. */
export interface Matching {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
  readonly operator: string;
  /** Null when the query does not say. */
  readonly mode: 'on' | 'ignoring' | null;
  readonly labels: readonly string[];
  /** One side may have several series for one of the other. */
  readonly grouped: 'left' | 'right' | null;
}

/** Reads a binary expression. */
export function matchingOf(query: Query, node: SyntaxNode): Matching {
  const parts = childrenOf(node);
  const clause = node.getChild('MatchingModifierClause');
  const mode = clause?.getChild('On') ? 'on' : clause?.getChild('Ignoring') ? 'ignoring' : null;
  const grouped = clause?.getChild('GroupLeft') ? 'left' : clause?.getChild('GroupRight') ? 'right' : null;
  const labels = clause === null ? [] : namesIn(query, clause.getChild('GroupingLabels'));
  return { left: parts[0]!, right: parts.at(-1)!, operator: parts[1]!.name, mode, labels, grouped };
}

function afterAggregation(query: Query, node: SyntaxNode, labelsOf: LabelsOf): readonly string[] {
  const before = survivingLabels(query, argumentsOf(node).at(-1)!, labelsOf) ?? [];
  const modifier = node.getChild('AggregateModifier');
  if (modifier === null) return [];
  const names = namesIn(query, modifier.getChild('GroupingLabels'));
  const keeps = modifier.getChild('By') !== null;
  return before.filter((label) => names.includes(label) === keeps);
}

function afterFunction(query: Query, node: SyntaxNode, labelsOf: LabelsOf): readonly string[] | null {
  const values = argumentsOf(node);
  const name = functionName(query, node);
  const vector = values
    .map((value) => survivingLabels(query, value, labelsOf))
    .find((labels) => labels !== null);
  if (vector === undefined) return null;
  if (name === 'histogram_quantile') return vector.filter((label) => label !== 'le');
  if (name !== 'label_replace' && name !== 'label_join') return vector;
  const added = values[1] === undefined ? '' : textOf(query, values[1]).slice(1, -1);
  return [...vector, ...(vector.includes(added) ? [] : [added])];
}

function afterOperator(query: Query, node: SyntaxNode, labelsOf: LabelsOf): readonly string[] | null {
  const { left, right, operator, mode, labels, grouped } = matchingOf(query, node);
  const leftLabels = survivingLabels(query, left, labelsOf);
  const rightLabels = survivingLabels(query, right, labelsOf);
  if (leftLabels === null) return rightLabels;
  if (rightLabels === null) return leftLabels;
  if (operator === 'Or') return leftLabels.filter((label) => rightLabels.includes(label));
  if (setOperators.includes(operator) || grouped === 'left') return leftLabels;
  if (grouped === 'right') return rightLabels;
  if (mode === 'on') return leftLabels.filter((label) => labels.includes(label));
  return leftLabels.filter((label) => !labels.includes(label));
}

/** Names in a list such as `(job, instance)`. */
export function namesIn(query: Query, list: SyntaxNode | null): readonly string[] {
  return list === null ? [] : nodesOf(list, 'LabelName').map((name) => textOf(query, name));
}
