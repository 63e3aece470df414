import { snapshotError } from './errors.js';
import { allocateGraph, type HeapGraph } from './graph.js';
import { type Header, notASnapshot, readHeader } from './header.js';
import { type Input, openInput } from './input.js';
import { createScanner, type Scanner } from './scanner.js';

/** The description of the fields takes a few kB. */
const headerLimit = 256 * 1024;

export interface ParseOptions {
  /** Told before the memory is taken; may throw. */
  readonly onHeader?: (header: Header) => void;
  /** Share of the file that has been read, 0..1. */
  readonly onProgress?: (ratio: number) => void;
}

/** Reads a heap snapshot from disk. What is kept is numbers in typed arrays; texts stay in the file and are read
 *  when somebody asks for one. Throws ERR_FAULTLINE_HEAP_FILE for everything that is not a whole snapshot. */
export function parseHeapSnapshot(path: string, options: ParseOptions = {}): HeapGraph {
  const input = openInput(path, options.onProgress);
  try {
    return parse(input, options.onHeader ?? (() => {}));
  } catch (error) {
    input.close();
    throw error;
  }
}

function parse(input: Input, onHeader: (header: Header) => void): HeapGraph {
  const scanner = createScanner(input);
  if (scanner.isEmpty() || !scanner.enter('{') || scanner.key() !== 'snapshot')
    throw notASnapshot(input.path);
  const header = readHeader(input.path, scanner.value(headerLimit));
  onHeader(header);
  const graph = allocateGraph(header, input);
  const seen = new Set<string>();
  while (scanner.more()) {
    const key = scanner.key();
    seen.add(key);
    if (key === 'nodes') readNodes(scanner, header, graph);
    else if (key === 'edges') readEdges(scanner, header, graph);
    else if (key === 'strings') graph.strings.offsets = scanner.stringOffsets();
    else scanner.skip();
  }
  for (const key of ['nodes', 'edges', 'strings']) {
    if (!seen.has(key)) throw snapshotError(input.path, `It has no "${key}".`);
  }
  checkNames(input.path, graph);
  return graph;
}

function readNodes(scanner: Scanner, header: Header, { nodes }: HeapGraph): void {
  const place = (field: string): number => header.nodeFields.indexOf(field);
  const [type, name, id, size, edges] = ['type', 'name', 'id', 'self_size', 'edge_count'].map(place);
  let edgeCount = 0;
  scanner.rows(header.nodeFields.length, header.nodeCount, 'nodes', (row, values) => {
    nodes.type[row] = values[type!]!;
    nodes.name[row] = values[name!]!;
    nodes.id[row] = values[id!]!;
    nodes.size[row] = values[size!]!;
    nodes.firstEdge[row] = edgeCount;
    edgeCount += values[edges!]!;
  });
  nodes.firstEdge[header.nodeCount] = edgeCount;
  if (edgeCount !== header.edgeCount) {
    scanner.fail(`Its nodes have ${edgeCount} edges, and it says that there are ${header.edgeCount}.`);
  }
}

function readEdges(scanner: Scanner, header: Header, { edges }: HeapGraph): void {
  const place = (field: string): number => header.edgeFields.indexOf(field);
  const [type, name, to] = ['type', 'name_or_index', 'to_node'].map(place);
  const width = header.nodeFields.length;
  scanner.rows(header.edgeFields.length, header.edgeCount, 'edges', (row, values) => {
    const target = values[to!]! / width;
    if (!Number.isInteger(target) || target >= header.nodeCount) {
      scanner.fail(`Edge ${row} leads to a node that is not there.`);
    }
    edges.type[row] = values[type!]!;
    edges.name[row] = values[name!]!;
    edges.to[row] = target;
  });
}

function checkNames(path: string, { nodes, strings }: HeapGraph): void {
  const count = strings.offsets.length - 1;
  if (nodes.name.some((name) => name >= count)) {
    throw snapshotError(path, 'It names texts that it does not have.');
  }
}
