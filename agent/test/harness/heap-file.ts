import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HeapNode {
  readonly type?: 'hidden' | 'array' | 'string' | 'object' | 'closure' | 'synthetic';
  readonly name: string;
  readonly size?: number;
  /** Names of properties, and the places of the nodes that they lead to. A name that begins with `~` is weak. */
  readonly edges?: Readonly<Record<string, number>>;
}

export const nodeTypes = ['hidden', 'array', 'string', 'object', 'closure', 'synthetic'];
const edgeTypes = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'];
const nodeFields = ['type', 'name', 'id', 'self_size', 'edge_count', 'detachedness'];

/** A heap snapshot of these nodes, as V8 writes it; the first node is the root. */
export function heapText(nodes: readonly HeapNode[], types: readonly string[] = nodeTypes): string {
  const strings: string[] = [];
  const placeOf = (text: string): number =>
    strings.includes(text) ? strings.indexOf(text) : strings.push(text) - 1;
  const edgesOf = ({ edges = {} }: HeapNode): [string, number][] => Object.entries(edges);
  const flatNodes = nodes.flatMap((node, index) => [
    types.indexOf(node.type ?? 'object'),
    placeOf(node.name),
    index * 2 + 1,
    node.size ?? 10,
    edgesOf(node).length,
    0,
  ]);
  const flatEdges = nodes.flatMap((node) =>
    edgesOf(node).flatMap(([name, to]) => {
      const isWeak = name.startsWith('~');
      return [edgeTypes.indexOf(isWeak ? 'weak' : 'property'), placeOf(name), to * nodeFields.length];
    }),
  );
  const meta = {
    node_fields: nodeFields,
    node_types: [types, 'string', 'number', 'number', 'number', 'number'],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [edgeTypes, 'string_or_number', 'node'],
  };
  const snapshot = { meta, node_count: nodes.length, edge_count: flatEdges.length / 3 };
  const rest = { nodes: flatNodes, edges: flatEdges, locations: [], strings };
  return JSON.stringify({ snapshot, ...rest });
}

/** Writes a text to a file and returns its path. */
export function writeHeapFile(directory: string, name: string, text: string): string {
  const path = join(directory, `${name}.heapsnapshot`);
  writeFileSync(path, text);
  return path;
}
