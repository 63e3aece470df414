import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dominators } from '../../src/heap/dominators.js';
import type { HeapGraph } from '../../src/heap/graph.js';
import { parseHeapSnapshot } from '../../src/heap/parse.js';
import { type HeapNode, heapText, writeHeapFile } from '../harness/heap-file.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';

/** A small generator of pseudo-random numbers, so that a failure can be repeated. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

function aGraph(seed: number): HeapNode[] {
  const random = randomFrom(seed);
  const count = 2 + random(14);
  return Array.from({ length: count }, (_, index) => ({
    name: `n${index}`,
    size: 1 + random(100),
    edges: Object.fromEntries(
      Array.from({ length: random(4) }, (_, edge) => [
        `${random(5) === 0 ? '~' : ''}e${edge}`,
        random(count),
      ]),
    ),
  }));
}

/** Objects that are reached while `without` is gone. */
function reached(nodes: readonly HeapNode[], without: number): Set<number> {
  const found = new Set<number>(without === 0 ? [] : [0]);
  for (const node of found) {
    for (const [name, to] of Object.entries(nodes[node]!.edges ?? {})) {
      if (to !== without && !name.startsWith('~')) found.add(to);
    }
  }
  return found;
}

test('what an object retains is what nothing reaches without it, in 400 graphs', (t) => {
  const directory = temporaryDirectory(t);
  for (let seed = 1; seed <= 400; seed += 1) {
    const nodes = aGraph(seed);
    const graph: HeapGraph = parseHeapSnapshot(writeHeapFile(directory, 'graph', heapText(nodes)));
    const { order, retained, of } = dominators(graph);
    graph.close();
    const all = reached(nodes, -1);
    assert.deepEqual([...order].sort(), [...all].sort(), `seed ${seed}`);
    for (const node of all) {
      const left = reached(nodes, node);
      const freed = [...all].filter((each) => !left.has(each));
      const bytes = freed.reduce((sum, each) => sum + nodes[each]!.size!, 0);
      assert.equal(retained[node], bytes, `seed ${seed}, node ${node}`);
      for (const each of freed) if (each !== node) assert.notEqual(of[each], -1, `seed ${seed}`);
    }
  }
});

test('a list of 200,000 links does not overflow the stack', (t) => {
  const length = 200_000;
  const nodes = Array.from({ length }, (_, index) => ({
    name: 'Link',
    edges: index + 1 < length ? { next: index + 1, back: Math.max(0, index - 1) } : {},
  }));
  const graph = parseHeapSnapshot(
    writeHeapFile(temporaryDirectory(t), 'list', heapText(nodes as readonly HeapNode[])),
  );
  t.after(() => graph.close());
  assert.equal(dominators(graph).retained[0], length * 10);
});
