import type { CodeCulprit } from '../../protocol/incident.js';
import type { SourceFrame } from '../../protocol/stack.js';
import { type BlamedPlace, blamePlaces } from './blame-places.js';

/** A node of a heap profile at its original position. */
export interface AllocationNode {
  readonly frame: SourceFrame;
  /** Unit: bytes. */
  readonly bytes: number;
  readonly children: readonly AllocationNode[];
}

/** A function of the service, with what was allocated in it and in the libraries that it called. Its stack is the path by
 *  which most of it was allocated. */
export interface AllocationSite extends BlamedPlace {
  /** Unit: bytes. */
  readonly bytes: number;
}

interface Tally {
  readonly frame: SourceFrame;
  bytes: number;
  readonly paths: Map<AllocationNode, { readonly stack: readonly SourceFrame[]; bytes: number }>;
}

/** The list says how much of the whole even a single site is. */
const listedFrom = 1;
/** V8 allows deeper stacks than anybody reads; a profile holds at most 16 frames of one. */
const deepest = 64;

/** Bytes by site, largest first. What built-ins and dependencies allocate is charged to the nearest function of the
 *  service that called them; what no function of the service has called, and the agent itself, is left out. */
export function sitesOf(root: AllocationNode): AllocationSite[] {
  const tallies = new Map<string, Tally>();
  const visit = (node: AllocationNode, path: readonly SourceFrame[]): void => {
    const stack = [node.frame, ...path].slice(0, deepest);
    const owner = stack.find(({ origin }) => origin === 'service' || origin === 'agent');
    if (node.bytes > 0 && owner !== undefined && owner.origin === 'service') {
      const tally = tallies.get(keyOf(owner)) ?? { frame: owner, bytes: 0, paths: new Map() };
      tally.bytes += node.bytes;
      tally.paths.set(node, { stack, bytes: node.bytes });
      tallies.set(keyOf(owner), tally);
    }
    for (const child of node.children) visit(child, stack);
  };
  visit(root, []);
  return withShares([...tallies.values()].map(describeTally));
}

/** What has grown from one profile to the next, largest first. Sites that have shrunk are left out. */
export function sitesThatGrew(before: AllocationNode, after: AllocationNode): AllocationSite[] {
  const earlier = new Map(sitesOf(before).map(({ frame, bytes }) => [keyOf(frame), bytes]));
  return withShares(
    sitesOf(after)
      .map((site) => ({ ...site, bytes: site.bytes - (earlier.get(keyOf(site.frame)) ?? 0) }))
      .filter(({ bytes }) => bytes > 0),
  );
}

/** The largest site, with those that follow it. Null without any. `samples` is the number of samples behind them. */
export const blameSites = (sites: readonly AllocationSite[], samples: number): CodeCulprit | null =>
  blamePlaces(sites, samples, listedFrom);

const keyOf = ({ function: name, file, line, column }: SourceFrame): string =>
  `${file}\n${name}\n${line}\n${column}`;

function describeTally({ frame, bytes, paths }: Tally): AllocationSite {
  const [widest] = [...paths.values()].sort((a, b) => b.bytes - a.bytes);
  const stack = (widest?.stack ?? []).filter(({ function: name }) => name !== '(root)');
  return { frame, bytes, share: 0, stack };
}

function withShares(sites: readonly AllocationSite[]): AllocationSite[] {
  const total = sites.reduce((sum, { bytes }) => sum + bytes, 0);
  return sites
    .map((site) => ({ ...site, share: total === 0 ? 0 : site.bytes / total }))
    .sort((a, b) => b.bytes - a.bytes);
}
