import type { SyntaxNode } from '@lezer/common';
import { ancestorsOf, childrenOf, functionName, nodesOf, type Query, textOf } from './syntax.js';

/** One `label op "value"` of a selector. */
export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** One use of a metric in a query. */
export interface Selection {
  readonly node: SyntaxNode;
  /** Empty when the selector names no metric. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Functions and aggregations around it, innermost first. */
  readonly inside: readonly string[];
  /** Range such as `1m`; null for an instant selector. */
  readonly range: string | null;
}

/** Every use of a metric in a query, from left to right. */
export function selectionsOf(query: Query): Selection[] {
  return nodesOf(query.root, 'VectorSelector').map((node) => {
    const name = node.getChild('Identifier');
    const matchers = nodesOf(node, 'UnquotedLabelMatcher').map((matcher) => matcherOf(query, matcher));
    const inside = ancestorsOf(node).flatMap((ancestor) => functionName(query, ancestor) ?? []);
    return {
      node,
      name: name === null ? '' : textOf(query, name),
      matchers,
      inside,
      range: rangeOf(query, node),
    };
  });
}

function matcherOf(query: Query, node: SyntaxNode): Matcher {
  const [label, op, value] = childrenOf(node).map((child) => textOf(query, child));
  return { label: label ?? '', op: op ?? '', value: (value ?? '').slice(1, -1) };
}

function rangeOf(query: Query, node: SyntaxNode): string | null {
  const duration = node.parent?.name === 'MatrixSelector' ? node.parent.getChild('DurationExpr') : null;
  return duration === null || duration === undefined ? null : textOf(query, duration);
}
