import { type Classes, nameClasses } from './classes.js';
import { type ConstructorSize, sumByConstructor } from './constructors.js';
import { type Dominators, dominators } from './dominators.js';
import { snapshotError } from './errors.js';
import type { HeapGraph } from './graph.js';
import { type Header, haveSameForm } from './header.js';
import { checkMemory } from './memory.js';
import { parseHeapSnapshot } from './parse.js';
import { findPaths, kindOfPath, type PathStep, pathTo } from './paths.js';

/** Objects whose ways are looked at, of one constructor: enough to tell the common way from a rare one. */
const sampled = 2_000;

/** How much more there is of one constructor. Sizes in bytes. */
export interface Growth {
  readonly name: string;
  readonly before: ConstructorSize;
  readonly after: ConstructorSize;
  readonly grown: ConstructorSize;
}

/** One step of a retaining path, and what would be freed with its object. Unit: bytes. */
export interface RetainedStep extends Omit<PathStep, 'node'> {
  readonly retained: number;
}

export interface Comparison {
  /** All reachable objects. Unit: bytes. */
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** Constructors with more objects or more memory than before, the largest growth of retained size first. */
  readonly growths: readonly Growth[];
  /** The growth whose way is shown; null when no constructor has more objects. */
  readonly largest: Growth | null;
  /** From the root down to one of the new objects of `largest`, along the way that most of them share. */
  readonly path: readonly RetainedStep[];
  /** Share of the new objects, as far as they were looked at, that are kept along this way, 0..1; null without path. */
  readonly pathShare: number | null;
}

export type CompareProgress = (stage: string, ratio: number | null) => void;

/** Compares two snapshots of one service, one after the other so that memory holds one at a time. Throws
 *  ERR_FAULTLINE_HEAP_FILE for a file that cannot be compared, and ERR_FAULTLINE_MEMORY when it is too large. */
export function compareSnapshots(
  beforePath: string,
  afterPath: string,
  onProgress: CompareProgress = () => {},
): Comparison {
  let form: { readonly path: string; readonly header: Header } | null = null;
  const open = (path: string, which: string): HeapGraph =>
    parseHeapSnapshot(path, {
      onProgress: (ratio) => onProgress(`reading ${which}`, ratio),
      onHeader(header) {
        if (form !== null && !haveSameForm(form.header, header)) {
          const why = `It was written by another version of Node.js than ${form.path}; take both with one version.`;
          throw snapshotError(path, why);
        }
        form ??= { path, header };
        checkMemory(path, header);
      },
    });
  const analyze = <Result>(
    path: string,
    which: string,
    work: (graph: HeapGraph, classes: Classes, found: Dominators) => Result,
  ): Result => {
    const graph = open(path, which);
    try {
      onProgress(`measuring ${which}`, null);
      return work(graph, nameClasses(graph), dominators(graph));
    } finally {
      graph.close();
    }
  };

  // The older one first: its constructors are all that is needed of it until the largest growth is known.
  const before = analyze(beforePath, 'before', (graph, classes, found) => ({
    sizes: sumByConstructor(graph, classes, found),
    bytes: found.retained[0]!,
  }));
  let largest: Growth | null = null;
  const after = analyze(afterPath, 'after', (graph, classes, found) => {
    const growths = growthsOf(before.sizes, sumByConstructor(graph, classes, found));
    largest = pickLargest(growths);
    const ways = largest === null ? null : sampleWays(graph, classes, found, largest);
    return { growths, ways, bytes: found.retained[0]! };
  });
  const known = largest as Growth | null;
  const former =
    known === null || known.before.count === 0
      ? new Map<string, number>()
      : formerWays(open(beforePath, 'before again'), known);
  const way = after.ways === null ? null : mostGrown(after.ways, former);
  return {
    beforeBytes: before.bytes,
    afterBytes: after.bytes,
    growths: after.growths,
    largest: known,
    path: way?.steps ?? [],
    pathShare: way?.share ?? null,
  };
}

function growthsOf(
  before: ReadonlyMap<string, ConstructorSize>,
  after: ReadonlyMap<string, ConstructorSize>,
): Growth[] {
  const none: ConstructorSize = { count: 0, shallow: 0, retained: 0 };
  const growths = [...after].map(([name, size]): Growth => {
    const former = before.get(name) ?? none;
    const grown = {
      count: size.count - former.count,
      shallow: size.shallow - former.shallow,
      retained: size.retained - former.retained,
    };
    return { name, before: former, after: size, grown };
  });
  return growths
    .filter(({ grown }) => grown.count > 0 || grown.retained > 0)
    .sort((a, b) => b.grown.retained - a.grown.retained || b.grown.count - a.grown.count);
}

/** What the new objects of a constructor may retain, if they are like the others of it. A Map that is new by chance does
 *  not explain what an old Map has come to hold. Unit: bytes. */
const explainedBy = ({ grown, after }: Growth): number =>
  Math.min(grown.retained, (grown.count * after.retained) / Math.max(1, after.count));

/** A constructor of the program says more than the strings and arrays that its objects consist of. */
function pickLargest(growths: readonly Growth[]): Growth | null {
  const more = growths
    .filter(({ grown }) => grown.count > 0 && grown.retained > 0)
    .sort((a, b) => explainedBy(b) - explainedBy(a));
  const isNamed = ({ name }: Growth): boolean => !/^\(|^system /.test(name);
  const named = more.find(isNamed);
  const first = more[0];
  if (named === undefined || first === undefined) return first ?? null;
  // Of strings by the million there may be no object that holds them one by one.
  return explainedBy(named) * 4 >= explainedBy(first) ? named : first;
}

interface Ways {
  readonly weights: ReadonlyMap<string, number>;
  readonly steps: ReadonlyMap<string, readonly RetainedStep[]>;
}

function sampleWays(graph: HeapGraph, classes: Classes, found: Dominators, { name }: Growth): Ways {
  const paths = findPaths(graph);
  const weights = new Map<string, number>();
  const steps = new Map<string, readonly RetainedStep[]>();
  eachSample(classes, name, paths.through, (node, weight) => {
    const kind = kindOfPath(graph, classes, paths, node);
    weights.set(kind, (weights.get(kind) ?? 0) + weight);
    if (steps.has(kind)) return;
    const way = pathTo(graph, classes, paths, node);
    steps.set(
      kind,
      way.map(({ node: at, ...step }) => ({ ...step, retained: found.retained[at]! })),
    );
  });
  return { weights: named(weights, classes), steps: named(steps, classes) };
}

function formerWays(graph: HeapGraph, { name }: Growth): ReadonlyMap<string, number> {
  try {
    const classes = nameClasses(graph);
    const paths = findPaths(graph);
    const weights = new Map<string, number>();
    eachSample(classes, name, paths.through, (node, weight) => {
      const kind = kindOfPath(graph, classes, paths, node);
      weights.set(kind, (weights.get(kind) ?? 0) + weight);
    });
    return named(weights, classes);
  } finally {
    graph.close();
  }
}

/** Kinds of ways are written with places of class names, which differ from file to file. */
function named<Value>(map: ReadonlyMap<string, Value>, { names }: Classes): Map<string, Value> {
  const rename = (kind: string): string =>
    kind
      .split(' ')
      .map((part) => `${names[Math.floor(Number(part) / 16)]}/${Number(part) % 16}`)
      .join(' ');
  return new Map([...map].map(([kind, value]) => [rename(kind), value]));
}

/** Visits up to 2,000 reachable objects of a class, spread evenly, each standing for so many. */
function eachSample(
  { names, of }: Classes,
  name: string,
  through: Int32Array,
  visit: (node: number, weight: number) => void,
): void {
  const wanted = names.indexOf(name);
  let count = 0;
  for (let node = 1; node < of.length; node += 1) if (of[node] === wanted && through[node] !== -1) count += 1;
  const stride = Math.max(1, Math.ceil(count / sampled));
  let seen = 0;
  for (let node = 1; node < of.length; node += 1) {
    if (of[node] !== wanted || through[node] === -1) continue;
    if (seen % stride === 0) visit(node, stride);
    seen += 1;
  }
}

function mostGrown({ weights, steps }: Ways, former: ReadonlyMap<string, number>) {
  const grown = [...weights]
    .map(([kind, weight]): [string, number] => [kind, weight - (former.get(kind) ?? 0)])
    .filter(([, more]) => more > 0)
    .sort(([, a], [, b]) => b - a);
  const [kind, more] = grown[0] ?? ['', 0];
  const total = grown.reduce((sum, [, each]) => sum + each, 0);
  return total === 0 ? null : { steps: steps.get(kind) ?? [], share: more / total };
}
