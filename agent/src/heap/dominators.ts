import type { HeapGraph } from './graph.js';
import type { Header } from './header.js';
import { createReferenceTest } from './references.js';

/** What each object keeps alive by itself. */
export interface Dominators {
  /** Reachable objects, an object always after the one that dominates it. Node 0, the root, is the first. */
  readonly order: Int32Array;
  /** The one object without which this one would be gone; -1 for the root and for what nothing reaches. */
  readonly of: Int32Array;
  /** Memory that would be freed with the object. Unit: bytes. */
  readonly retained: Float64Array;
}

const arrayCount = 9;

/** Memory that dominators() takes at its height. Unit: bytes. */
export const dominatorBytes = ({ nodeCount, edgeCount }: Header): number =>
  nodeCount * (arrayCount * Int32Array.BYTES_PER_ELEMENT + 2 * Float64Array.BYTES_PER_ELEMENT) +
  edgeCount * Int32Array.BYTES_PER_ELEMENT;

/** Dominators of every object that the root reaches. Inside, objects go by their number in depth-first order.
 *  Source: T. Lengauer and R. E. Tarjan, A fast algorithm for finding dominators in a flowgraph, 1979. */
export function dominators(graph: HeapGraph): Dominators {
  const { order, number, parent } = walkDepthFirst(graph);
  const { from, first } = collectPredecessors(graph, order, number);
  const immediate = lengauerTarjan(order.length, parent, from, first);
  const of = new Int32Array(graph.header.nodeCount).fill(-1);
  const retained = Float64Array.from(graph.nodes.size);
  for (let each = 1; each < order.length; each += 1) of[order[each]!] = order[immediate[each]!]!;
  for (let each = order.length - 1; each > 0; each -= 1) {
    retained[order[immediate[each]!]!]! += retained[order[each]!]!;
  }
  return { order, of, retained };
}

function walkDepthFirst(graph: HeapGraph) {
  const { nodeCount } = graph.header;
  const { firstEdge } = graph.nodes;
  const keepsAlive = createReferenceTest(graph);
  const number = new Int32Array(nodeCount).fill(-1);
  const order = new Int32Array(nodeCount);
  const parent = new Int32Array(nodeCount);
  const nextEdge = Uint32Array.from(firstEdge.subarray(0, nodeCount));
  let count = 1;
  number[0] = 0;
  for (let node = 0; ; ) {
    const edge = nextEdge[node]!;
    if (edge === firstEdge[node + 1]) {
      if (node === 0) break;
      node = order[parent[number[node]!]!]!;
      continue;
    }
    nextEdge[node] = edge + 1;
    const to = graph.edges.to[edge]!;
    if (number[to] !== -1 || !keepsAlive(edge, node)) continue;
    number[to] = count;
    order[count] = to;
    parent[count] = number[node]!;
    count += 1;
    node = to;
  }
  return { order: order.subarray(0, count), number, parent };
}

/** The reachable objects that refer to each reachable one; those of `n` lie at first[n] up to first[n + 1]. */
function collectPredecessors(graph: HeapGraph, order: Int32Array, number: Int32Array) {
  const { firstEdge } = graph.nodes;
  const { to } = graph.edges;
  const keepsAlive = createReferenceTest(graph);
  const first = new Uint32Array(order.length + 2);
  const eachEdge = (visit: (source: number, target: number) => void): void => {
    for (let source = 0; source < order.length; source += 1) {
      const node = order[source]!;
      for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge += 1) {
        if (keepsAlive(edge, node)) visit(source, number[to[edge]!]!);
      }
    }
  };
  // Counted two places further on, so that filling in moves each start to where it belongs.
  eachEdge((_source, target) => {
    first[target + 2]! += 1;
  });
  for (let each = 1; each < first.length; each += 1) first[each]! += first[each - 1]!;
  const from = new Int32Array(first.at(-1)!);
  eachEdge((source, target) => {
    from[first[target + 1]!] = source;
    first[target + 1]! += 1;
  });
  return { from, first };
}

function lengauerTarjan(count: number, parent: Int32Array, from: Int32Array, first: Uint32Array): Int32Array {
  const semi = Int32Array.from({ length: count }, (_, each) => each);
  const label = Int32Array.from(semi);
  const ancestor = new Int32Array(count).fill(-1);
  const dominator = new Int32Array(count);
  const bucket = new Int32Array(count).fill(-1);
  const nextInBucket = new Int32Array(count).fill(-1);
  const path = new Int32Array(count);

  /** The object of least semidominator on the way up from `each`; shortens that way. */
  const evaluate = (each: number): number => {
    if (ancestor[each] === -1) return label[each]!;
    let length = 0;
    for (let at = each; ancestor[ancestor[at]!] !== -1; at = ancestor[at]!) {
      path[length] = at;
      length += 1;
    }
    while (length > 0) {
      length -= 1;
      const at = path[length]!;
      const above = ancestor[at]!;
      if (semi[label[above]!]! < semi[label[at]!]!) label[at] = label[above]!;
      ancestor[at] = ancestor[above]!;
    }
    return label[each]!;
  };

  for (let each = count - 1; each > 0; each -= 1) {
    for (let at = first[each]!; at < first[each + 1]!; at += 1) {
      const best = semi[evaluate(from[at]!)]!;
      if (best < semi[each]!) semi[each] = best;
    }
    nextInBucket[each] = bucket[semi[each]!]!;
    bucket[semi[each]!] = each;
    const above = parent[each]!;
    ancestor[each] = above;
    for (let waiting = bucket[above]!; waiting !== -1; waiting = nextInBucket[waiting]!) {
      const best = evaluate(waiting);
      dominator[waiting] = semi[best]! < above ? best : above;
    }
    bucket[above] = -1;
  }
  for (let each = 1; each < count; each += 1) {
    if (dominator[each] !== semi[each]) dominator[each] = dominator[dominator[each]!]!;
  }
  return dominator;
}
