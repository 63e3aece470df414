import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareSnapshots } from '../../src/heap/compare.js';
import { type HeapNode, heapText, nodeTypes, writeHeapFile } from '../harness/heap-file.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';

/** A heap with this many sessions in a cache and as many in a list, each with a text of 100 bytes. */
function aHeap(cached: number, listed: number): HeapNode[] {
  const nodes: (HeapNode & { readonly edges: Record<string, number> })[] = [
    { name: '', type: 'synthetic', edges: { global: 1 } },
    { name: 'global', edges: { cache: 2, list: 3 } },
    { name: 'Cache', edges: {} },
    { name: 'Array', edges: {} },
  ];
  const add = (holder: number, count: number): void => {
    for (let index = 0; index < count; index += 1) {
      const text = nodes.push({ name: 'a text', type: 'string', size: 100, edges: {} }) - 1;
      const session = nodes.push({ name: 'Session', size: 20, edges: { token: text } }) - 1;
      nodes[holder]!.edges[`key${index}`] = session;
    }
  };
  add(2, cached);
  add(3, listed);
  return nodes;
}

function compareHeaps(t: Parameters<typeof temporaryDirectory>[0], before: HeapNode[], after: HeapNode[]) {
  const directory = temporaryDirectory(t);
  const stages: string[] = [];
  const comparison = compareSnapshots(
    writeHeapFile(directory, 'before', heapText(before)),
    writeHeapFile(directory, 'after', heapText(after)),
    (stage) => stages.push(stage),
  );
  return { comparison, stages };
}

test('says what grew, by how much, and what keeps it', (t) => {
  const { comparison, stages } = compareHeaps(t, aHeap(2, 3), aHeap(42, 3));
  const { growths, largest, path, pathShare } = comparison;
  const grown = Object.fromEntries(growths.map((growth) => [growth.name, growth.grown]));
  assert.deepEqual(grown, {
    Session: { count: 40, shallow: 800, retained: 4_800 },
    '(string)': { count: 40, shallow: 4_000, retained: 4_000 },
    Cache: { count: 0, shallow: 0, retained: 4_800 },
    global: { count: 0, shallow: 0, retained: 4_800 },
  });
  assert.equal(comparison.afterBytes - comparison.beforeBytes, 4_800);
  assert.equal(largest?.name, 'Session');
  assert.deepEqual(path.map(({ via, className }) => `${via} ${className}`).slice(0, 3), [
    ' (root)',
    '.global global',
    '.cache Cache',
  ]);
  assert.equal(path.at(-1)?.className, 'Session');
  assert.equal(path[2]?.retained, 10 + 42 * 120);
  assert.equal(pathShare, 1);
  assert.ok(stages.includes('reading before') && stages.includes('measuring after'));
});

test('shows the way along which there are more, not the one along which most are kept', (t) => {
  const { comparison } = compareHeaps(t, aHeap(1, 300), aHeap(101, 300));
  assert.deepEqual(
    comparison.path.map(({ className }) => className),
    ['(root)', 'global', 'Cache', 'Session'],
  );
});

test('is not led astray by a holder that is new by chance, while an old one of its kind has grown', (t) => {
  const after = aHeap(42, 3);
  const chance = after.push({ name: 'Cache' }) - 1;
  const [root, global, ...rest] = after;
  const grown = [root!, { ...global!, edges: { ...global!.edges, chance } }, ...rest];
  const { largest, growths } = compareHeaps(t, aHeap(2, 3), grown).comparison;
  assert.equal(growths.find(({ name }) => name === 'Cache')?.grown.count, 1);
  assert.equal(largest?.name, 'Session');
});

test('finds nothing in two snapshots that are alike', (t) => {
  const { comparison } = compareHeaps(t, aHeap(5, 5), aHeap(5, 5));
  assert.deepEqual([comparison.growths, comparison.largest, comparison.path], [[], null, []]);
});

test('refuses snapshots of different forms', (t) => {
  const directory = temporaryDirectory(t);
  const before = writeHeapFile(directory, 'before', heapText(aHeap(1, 1)));
  const after = writeHeapFile(directory, 'after', heapText(aHeap(1, 1), [...nodeTypes, 'object shape']));
  const message = /another version of Node.js/;
  assert.throws(() => compareSnapshots(before, after), { code: 'ERR_FAULTLINE_HEAP_FILE', message });
});
