import { snapshotError } from './errors.js';

/** How the numbers of a heap snapshot are to be read. Source: V8, HeapSnapshotJSONSerializer. */
export interface Header {
  readonly nodeFields: readonly string[];
  readonly nodeTypes: readonly string[];
  readonly edgeFields: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly nodeCount: number;
  readonly edgeCount: number;
}

/** Fields without which nothing can be told. */
const nodeFields = ['type', 'name', 'id', 'self_size', 'edge_count'];
const edgeFields = ['type', 'name_or_index', 'to_node'];
/** Places of nodes and edges are kept in 32 bits. */
const mostCounted = 2 ** 31 - 1;

/** Checks the value of `snapshot`, the first entry of the file. Throws ERR_FAULTLINE_HEAP_FILE. */
export function readHeader(path: string, value: unknown): Header {
  const { meta, node_count: nodeCount, edge_count: edgeCount } = (value ?? {}) as Record<string, unknown>;
  const fields = (meta ?? {}) as Record<string, unknown>;
  const header = {
    nodeFields: texts(fields.node_fields),
    nodeTypes: typesOf(fields.node_types),
    edgeFields: texts(fields.edge_fields),
    edgeTypes: typesOf(fields.edge_types),
    nodeCount: Number(nodeCount),
    edgeCount: Number(edgeCount),
  };
  const knowsFields =
    nodeFields.every((field) => header.nodeFields.includes(field)) &&
    edgeFields.every((field) => header.edgeFields.includes(field));
  const counts = [header.nodeCount, header.edgeCount];
  const areCounts = counts.every((count) => Number.isInteger(count) && count > 0 && count <= mostCounted);
  if (!knowsFields || !areCounts) throw notASnapshot(path);
  return header;
}

/** What a file is told that begins like JSON at the best. */
export const notASnapshot = (path: string) =>
  snapshotError(path, 'It is not a heap snapshot as Node.js and Chrome write it (.heapsnapshot).');

/** Whether two snapshots were written in the same form, which V8 changes now and then. */
export function haveSameForm(one: Header, other: Header): boolean {
  const form = ({ nodeFields, nodeTypes, edgeFields, edgeTypes }: Header): string =>
    JSON.stringify([nodeFields, nodeTypes, edgeFields, edgeTypes]);
  return form(one) === form(other);
}

/** The first field of a node or an edge is its type, as the place in a list of names. */
function typesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? texts(value[0]) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
