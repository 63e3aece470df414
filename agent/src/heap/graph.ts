import type { Header } from './header.js';
import type { Input } from './input.js';

/** Longest text that is read for display; V8 cuts strings of the heap at 1024 characters. */
const textLimit = 4_096;

/** All objects of a heap and what leads from one to another, in typed arrays. A node is its place in the file,
 *  counted from 0; node 0 is the root. Edges of a node lie at firstEdge[node] up to firstEdge[node + 1]. */
export interface HeapGraph {
  readonly header: Header;
  readonly nodes: {
    readonly type: Uint8Array;
    /** Place in `strings`. */
    readonly name: Uint32Array;
    /** Stays the same for an object over the snapshots of one process, and grows with every new object. */
    readonly id: Uint32Array;
    /** Memory of the object itself. Unit: bytes. */
    readonly size: Float64Array;
    readonly firstEdge: Uint32Array;
  };
  readonly edges: {
    readonly type: Uint8Array;
    /** Place in `strings`, or an index for elements and hidden edges. */
    readonly name: Uint32Array;
    readonly to: Uint32Array;
  };
  readonly strings: {
    /** Where each text begins in the file, and where the last one ends. */
    offsets: Float64Array;
  };
  /** A text of the file; not kept. */
  text(place: number): string;
  /** Closes the file. */
  close(): void;
}

const nodeBytes = 1 + 4 + 4 + 8 + 4;
const edgeBytes = 1 + 4 + 4;
/** Where the texts lie: some three of them for ten nodes, and doubled while the list grows. */
const stringBytes = 8;

/** Memory that a graph takes. Unit: bytes. */
export const graphBytes = ({ nodeCount, edgeCount }: Header): number =>
  nodeCount * (nodeBytes + stringBytes) + edgeCount * edgeBytes;

export function allocateGraph(header: Header, input: Input): HeapGraph {
  const { nodeCount, edgeCount } = header;
  const strings = { offsets: new Float64Array(1) };
  return {
    header,
    nodes: {
      type: new Uint8Array(nodeCount),
      name: new Uint32Array(nodeCount),
      id: new Uint32Array(nodeCount),
      size: new Float64Array(nodeCount),
      firstEdge: new Uint32Array(nodeCount + 1),
    },
    edges: {
      type: new Uint8Array(edgeCount),
      name: new Uint32Array(edgeCount),
      to: new Uint32Array(edgeCount),
    },
    strings,
    text(place) {
      const from = strings.offsets[place];
      const to = strings.offsets[place + 1];
      if (from === undefined || to === undefined) return '';
      return decode(input.at(from, Math.min(to - from, textLimit)).toString('utf8'));
    },
    close: () => input.close(),
  };
}

/** From the quote that opens a text up to the one that closes it; what follows is the comma to the next. A text
 *  that was cut may end within an escape, which is then dropped. */
function decode(raw: string): string {
  const closing = /^"((?:[^"\\]|\\.)*)/s.exec(raw)?.[1] ?? '';
  try {
    return JSON.parse(`"${closing.replace(/\\(u[\da-f]{0,3})?$/i, '')}"`) as string;
  } catch {
    return closing;
  }
}
