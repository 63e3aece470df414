import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeHeapSnapshot } from 'node:v8';
import { parseHeapSnapshot } from '../../src/heap/parse.js';
import { heapText, writeHeapFile } from '../harness/heap-file.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';

const good = heapText([
  { type: 'synthetic', name: '', edges: { global: 1 } },
  { name: 'Shop "quoted" \\ ü €', size: 48, edges: { cache: 2 } },
  { name: 'Map', size: 32 },
]);

test('reads nodes, edges and texts', (t) => {
  const graph = parseHeapSnapshot(writeHeapFile(temporaryDirectory(t), 'good', good));
  t.after(() => graph.close());
  assert.deepEqual([...graph.nodes.size], [10, 48, 32]);
  assert.deepEqual([...graph.nodes.firstEdge], [0, 1, 2, 2]);
  assert.deepEqual([...graph.edges.to], [1, 2]);
  assert.equal(graph.text(graph.nodes.name[1]!), 'Shop "quoted" \\ ü €');
  assert.equal(graph.text(graph.edges.name[1]!), 'cache');
});

test('reads what V8 writes', (t) => {
  const path = writeHeapSnapshot(join(temporaryDirectory(t), 'own.heapsnapshot'));
  const shares: number[] = [];
  const graph = parseHeapSnapshot(path, { onProgress: (ratio) => shares.push(ratio) });
  t.after(() => graph.close());
  assert.ok(graph.nodes.size.reduce((sum, bytes) => sum + bytes, 0) > 1_000_000);
  assert.equal(graph.nodes.firstEdge.at(-1), graph.header.edgeCount);
  assert.ok(shares.at(-1)! > 0.5 && shares.every((share) => share >= 0 && share <= 1));
});

describe('refuses', () => {
  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['an empty file', '', /not a heap snapshot/],
    ['another text', 'hello', /not a heap snapshot/],
    ['another JSON', '{"nodes":[],"edges":[]}', /not a heap snapshot/],
    ['a CPU profile', '{"snapshot":{"nodes":1},"samples":[]}', /not a heap snapshot/],
    ['a file cut in the header', good.slice(0, 100), /ends too early/],
    ['a file cut in the nodes', good.slice(0, good.indexOf('"edges":[') - 5), /ends too early/],
    ['a file cut in the texts', good.slice(0, -6), /ends too early/],
    ['a file without its last bracket', good.slice(0, -1), /ends too early/],
    ['fewer nodes than it says', good.replace('"node_count":3', '"node_count":4'), /only 3 of the 4 nodes/],
    ['more nodes than it says', good.replace('"node_count":3', '"node_count":2'), /more than the 2 nodes/],
    ['an edge to nowhere', good.replace(/"edges":\[2,\d+,6/, '"edges":[2,1,6000'), /node that is not there/],
    [
      'a name that is not there',
      good.replace(/"strings":\[.*\]/, '"strings":["x"]'),
      /texts that it does not have/,
    ],
    ['letters among the numbers', good.replace('"nodes":[5', '"nodes":[x'), /does not belong/],
    ['no texts at all', good.replace('"strings"', '"others"'), /has no "strings"/],
  ];
  for (const [what, text, message] of cases) {
    test(what, (t) => {
      const path = writeHeapFile(temporaryDirectory(t), 'bad', text);
      assert.throws(() => parseHeapSnapshot(path), { code: 'ERR_FAULTLINE_HEAP_FILE', message });
    });
  }

  test('what is no file, and what is not there', (t) => {
    const directory = temporaryDirectory(t);
    const code = 'ERR_FAULTLINE_HEAP_FILE';
    assert.throws(() => parseHeapSnapshot(directory), { code, message: /not a file/ });
    assert.throws(() => parseHeapSnapshot(join(directory, 'none')), { code, message: /no such file/ });
  });
});
