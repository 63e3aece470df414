import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A parsed query. Positions of nodes are positions in `text`. */
export interface Query {
  readonly text: string;
  readonly root: SyntaxNode;
}

/** Durations that stand for Grafana's own variables while a query is parsed. */
const grafanaDurations: readonly (readonly [variable: string, duration: string])[] = [
  ['$__rate_interval', '1m'],
  ['$__interval', '15s'],
  ['$__range', '1h'],
];

/** Replaces Grafana's duration variables by durations, so that Prometheus' grammar applies. */
function withoutGrafana(text: string): string {
  return grafanaDurations.reduce(
    (result, [variable, duration]) => result.replaceAll(variable, duration),
    text,
  );
}

/** Parses a query. Never throws: ask `errorPosition` whether it is one. */
export function parseQuery(text: string): Query {
  const plain = withoutGrafana(text);
  return { text: plain, root: parser.parse(plain).topNode };
}

/** Where the query stops being PromQL; null when all of it is. */
export function errorPosition({ root, text }: Query): number | null {
  if (text.trim() === '') return 0;
  let position: number | null = null;
  root.cursor().iterate((node) => {
    if (node.type.isError) position ??= node.from;
  });
  return position;
}

/** The text of a node. */
export function textOf({ text }: Query, node: SyntaxNode): string {
  return text.slice(node.from, node.to);
}

/** Direct children, in order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** All nodes of the given kinds, from left to right, outer before inner. */
export function nodesOf(root: SyntaxNode, ...names: readonly string[]): SyntaxNode[] {
  const found = names.includes(root.name) ? [root] : [];
  return [...found, ...childrenOf(root).flatMap((child) => nodesOf(child, ...names))];
}

/** Nodes around a node, innermost first. */
export function ancestorsOf(node: SyntaxNode): SyntaxNode[] {
  const ancestors: SyntaxNode[] = [];
  for (let parent = node.parent; parent !== null; parent = parent.parent) ancestors.push(parent);
  return ancestors;
}

/** Name of a function call, such as `rate`, or of an aggregation, such as `sum`; null for other nodes. */
export function functionName(query: Query, node: SyntaxNode): string | null {
  const name = node.getChild(node.name === 'FunctionCall' ? 'FunctionIdentifier' : 'AggregateOp');
  return name === null ? null : textOf(query, name);
}

/** Arguments of a function call or an aggregation. */
export function argumentsOf(node: SyntaxNode): SyntaxNode[] {
  const body = node.getChild('FunctionCallBody');
  return body === null ? [] : childrenOf(body);
}
