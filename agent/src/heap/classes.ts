import type { HeapGraph } from './graph.js';

/** Names beyond this many are counted as one: what comes from a program has a bound. */
const classesKept = 200_000;
const others = '(other)';

/** What an object is called in a list of constructors. */
export interface Classes {
  readonly names: readonly string[];
  /** Place in `names` of each object's. */
  readonly of: Uint32Array;
}

/** Objects go by their constructor, everything else by its type, as DevTools shows it. */
export function nameClasses(graph: HeapGraph): Classes {
  const { header, nodes } = graph;
  const of = new Uint32Array(header.nodeCount);
  const names: string[] = [];
  const places = new Map<string, number>();
  const placeOf = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    if (names.length >= classesKept) return placeOf(others);
    places.set(name, names.length);
    return names.push(name) - 1;
  };
  placeOf(others);
  const fixed = header.nodeTypes.map((type) => (isNamed(type) ? -1 : placeOf(typeName(type))));
  const byText = new Map<number, number>();
  for (let node = 0; node < header.nodeCount; node += 1) {
    const place = fixed[nodes.type[node]!] ?? 0;
    if (place >= 0) {
      of[node] = place;
      continue;
    }
    const text = nodes.name[node]!;
    let named = byText.get(text);
    if (named === undefined) {
      named = placeOf(graph.text(text) || '(anonymous)');
      if (byText.size < classesKept) byText.set(text, named);
    }
    of[node] = named;
  }
  return { names, of };
}

const isNamed = (type: string): boolean => type === 'object' || type === 'native';

function typeName(type: string): string {
  if (type === 'closure') return 'Function';
  if (type === 'regexp') return 'RegExp';
  if (type === 'hidden') return '(system)';
  if (type === 'code') return '(compiled code)';
  return type.endsWith('string') ? '(string)' : `(${type})`;
}
