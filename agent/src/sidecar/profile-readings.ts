import type { HeapProfile, HeapProfileNode } from '../protocol/heap-profile.js';
import type { Frame, SourceFrame } from '../protocol/stack.js';
import type { CollectionRequests } from './collection-requests.js';
import type { AllocationNode } from './diagnosis/allocation-sites.js';

/** Deeper trees than this are no profile of V8. */
const deepest = 256;
/** A collection of a heap beyond this holds the main thread for seconds: no reading is worth that. */
export const largestReadBytes = 1_024 * 1_024 * 1_024;

/** So long a reading that forces a collection waits for the moment in which that takes little. All allocations are counted
 *  for some seconds only. Unit: ms. */
const preparedMs = { alive: 10_000, all: 2_000 };

/** What is asked of the world. */
export interface ProfilesWorld {
  /** Unit: ms. */
  now(): number;
  /** Null when no profile can be had. */
  read(): Promise<HeapProfile | null>;
  /** Whether V8 collects all garbage before it tells what it has sampled. */
  readonly readingCollects: boolean;
  readonly collections: Pick<CollectionRequests, 'collect' | 'almostCollect'>;
  locate(frame: Frame): SourceFrame;
}

/** A heap profile at original positions. */
export interface TakenProfile {
  /** When it was asked for. Unit: ms. */
  readonly atMs: number;
  readonly root: AllocationNode;
  readonly raw: HeapProfile;
}

/** Reads heap profiles, one at a time, and remembers when it paused the main thread for it. */
export interface ProfileReadings {
  /** Null when no profile can be had. Of the `alive` it tells what a collection has left, of `all` also what has
   *  been dropped, as far as that is counted. */
  take(objects: 'alive' | 'all'): Promise<TakenProfile | null>;
  /** From the moment that one is asked for. */
  isReading(): boolean;
  /** Whether the newest reading went on at some time in this span. Unit: ms. */
  overlaps(fromMs: number, toMs: number): boolean;
}

export function createProfileReadings({
  now,
  read,
  readingCollects,
  collections,
  locate,
}: ProfilesWorld): ProfileReadings {
  let newest = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  let isReading = false;
  const prepare = async (objects: 'alive' | 'all'): Promise<void> => {
    if (readingCollects) await collections.almostCollect(preparedMs[objects]);
    // Garbage must not be read as alive.
    else if (objects === 'alive') await collections.collect();
  };
  const readNow = async (): Promise<TakenProfile | null> => {
    const fromMs = now();
    newest = { fromMs, toMs: Number.POSITIVE_INFINITY };
    const raw = await read().catch(() => null);
    newest = { fromMs, toMs: now() };
    return raw && { atMs: fromMs, raw, root: locateTree(raw.head, locate) };
  };
  return {
    isReading: () => isReading,
    async take(objects) {
      if (isReading) return null;
      isReading = true;
      try {
        await prepare(objects);
        return await readNow();
      } finally {
        isReading = false;
      }
    },
    overlaps: (fromMs, toMs) => newest.fromMs <= toMs && newest.toMs >= fromMs,
  };
}

function locateTree(
  { callFrame, selfSize, children }: HeapProfileNode,
  locate: ProfilesWorld['locate'],
  depth = 0,
): AllocationNode {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  const frame = locate({
    function: functionName || '<anonymous>',
    file: url,
    // The protocol counts from 0, stacks count from 1.
    line: lineNumber + 1,
    column: columnNumber + 1,
    async: false,
  });
  const below = depth < deepest ? children.map((child) => locateTree(child, locate, depth + 1)) : [];
  return { frame, bytes: selfSize, children: below };
}
