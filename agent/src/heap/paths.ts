import type { Classes } from './classes.js';
import type { HeapGraph } from './graph.js';
import { createReferenceTest } from './references.js';

/** The shortest way from the root to every object. */
export interface Paths {
  /** The edge through which an object was reached first; -1 for the root and for what nothing reaches. */
  readonly through: Int32Array;
  /** The object that edge starts from; -1 likewise. */
  readonly from: Int32Array;
}

/** One step of a way down from the root. */
export interface PathStep {
  /** As a program would write it: `.name`, `[3]`, or `(closure variable)`; empty for the first step. */
  readonly via: string;
  readonly className: string;
  readonly node: number;
}

/** Breadth first. What a program can reach by names, from its globals, goes before handles and other ways that only
 *  the engine knows. */
export function findPaths(graph: HeapGraph): Paths {
  const { header, nodes, edges } = graph;
  const keepsAlive = createReferenceTest(graph);
  const synthetic = header.nodeTypes.indexOf('synthetic');
  const through = new Int32Array(header.nodeCount).fill(-1);
  const from = new Int32Array(header.nodeCount).fill(-1);
  const queue = new Uint32Array(header.nodeCount);
  let length = 0;
  const reach = (edge: number, source: number): void => {
    const to = edges.to[edge]!;
    if (to === 0 || through[to] !== -1 || !keepsAlive(edge, source)) return;
    through[to] = edge;
    from[to] = source;
    queue[length] = to;
    length += 1;
  };
  const eachEdge = (source: number, visit: (edge: number) => void): void => {
    for (let edge = nodes.firstEdge[source]!; edge < nodes.firstEdge[source + 1]!; edge += 1) visit(edge);
  };
  let next = 0;
  const drain = (): void => {
    for (; next < length; next += 1) {
      const source = queue[next]!;
      eachEdge(source, (edge) => reach(edge, source));
    }
  };
  eachEdge(0, (edge) => {
    if (nodes.type[edges.to[edge]!] !== synthetic) reach(edge, 0);
  });
  drain();
  eachEdge(0, (edge) => reach(edge, 0));
  drain();
  return { through, from };
}

/** The steps from the root to an object, the object last. */
export function pathTo(graph: HeapGraph, classes: Classes, paths: Paths, node: number): PathStep[] {
  const steps: PathStep[] = [];
  for (let at = node; at >= 0; at = paths.from[at]!) {
    const edge = paths.through[at]!;
    steps.push({
      via: edge < 0 ? '' : describeEdge(graph, edge),
      className: describeNode(graph, classes, at),
      node: at,
    });
  }
  return steps.reverse();
}

/** What sets one way apart from another: the kinds of its objects and edges, without their names and indexes. */
export function kindOfPath({ edges }: HeapGraph, { of }: Classes, paths: Paths, node: number): string {
  const kinds: number[] = [];
  for (let at = node; at >= 0 && kinds.length < longestKind; at = paths.from[at]!) {
    const edge = paths.through[at]!;
    const kind = of[at]! * 16 + (edge < 0 ? 15 : edges.type[edge]!);
    // A list of a thousand links and one of a thousand and one are the same kind.
    if (kind !== kinds.at(-1) && kind !== kinds.at(-2)) kinds.push(kind);
  }
  return kinds.join(' ');
}

const longestKind = 40;
const longestName = 80;

function describeEdge(graph: HeapGraph, edge: number): string {
  const type = graph.header.edgeTypes[graph.edges.type[edge]!];
  const place = graph.edges.name[edge]!;
  if (type === 'element') return `[${place}]`;
  if (type === 'hidden') return '(hidden)';
  const name = shorten(graph.text(place));
  if (type === 'context') return `(variable ${name})`;
  if (type === 'property') return /^[\w$]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  return `(${name})`;
}

function describeNode(graph: HeapGraph, classes: Classes, node: number): string {
  const type = graph.header.nodeTypes[graph.nodes.type[node]!];
  const name = type === 'closure' || type === 'synthetic' ? shorten(graph.text(graph.nodes.name[node]!)) : '';
  if (type === 'synthetic') return name || '(root)';
  return type === 'closure' ? `Function ${name}`.trim() : shorten(classes.names[classes.of[node]!]!);
}

const shorten = (text: string): string =>
  text.length <= longestName ? text : `${text.slice(0, longestName - 1)}…`;
