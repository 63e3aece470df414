import type { Classes } from './classes.js';
import type { Dominators } from './dominators.js';
import type { HeapGraph } from './graph.js';

/** All objects of one constructor. Sizes in bytes. */
export interface ConstructorSize {
  readonly count: number;
  readonly shallow: number;
  /** What would be freed if all of them were gone; what two of them keep alive together counts for the one above. */
  readonly retained: number;
}

/** Adds up the objects that are reachable, by constructor. */
export function sumByConstructor(
  { nodes }: HeapGraph,
  { names, of }: Classes,
  dominators: Dominators,
): Map<string, ConstructorSize> {
  const count = new Float64Array(names.length);
  const shallow = new Float64Array(names.length);
  const retained = new Float64Array(names.length);
  for (const node of dominators.order) {
    count[of[node]!]! += 1;
    shallow[of[node]!]! += nodes.size[node]!;
  }
  for (const node of topmost(of, names.length, dominators))
    retained[of[node]!]! += dominators.retained[node]!;
  return new Map(
    names.map((name, place) => [
      name,
      { count: count[place]!, shallow: shallow[place]!, retained: retained[place]! },
    ]),
  );
}

/** The objects that no other object of the same class dominates, found by walking the tree of dominators. */
function* topmost(of: Uint32Array, classCount: number, dominators: Dominators): Generator<number> {
  const { order } = dominators;
  const nodeCount = of.length;
  // Children of each object, as linked lists.
  const firstChild = new Int32Array(nodeCount).fill(-1);
  const nextSibling = new Int32Array(nodeCount).fill(-1);
  for (let each = order.length - 1; each > 0; each -= 1) {
    const node = order[each]!;
    const above = dominators.of[node]!;
    nextSibling[node] = firstChild[above]!;
    firstChild[above] = node;
  }
  const depth = new Int32Array(classCount);
  let node = 0;
  let isEntering = true;
  for (;;) {
    if (isEntering) {
      if (depth[of[node]!] === 0 && node !== 0) yield node;
      depth[of[node]!]! += 1;
      if (firstChild[node] !== -1) {
        node = firstChild[node]!;
        continue;
      }
    }
    depth[of[node]!]! -= 1;
    if (node === 0) return;
    isEntering = nextSibling[node] !== -1;
    node = isEntering ? nextSibling[node]! : dominators.of[node]!;
  }
}
