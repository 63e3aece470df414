import type { HeapGraph } from './graph.js';

/** Which edges keep an object alive: all but the weak ones, and shortcuts only where they lead from the root to
 *  what programs know as global. Source: DevTools, HeapSnapshot.isEssentialEdge(). */
export function createReferenceTest({ header, edges }: HeapGraph): (edge: number, from: number) => boolean {
  const weak = header.edgeTypes.indexOf('weak');
  const shortcut = header.edgeTypes.indexOf('shortcut');
  return (edge, from) => {
    const type = edges.type[edge]!;
    return type !== weak && (type !== shortcut || from === 0);
  };
}
