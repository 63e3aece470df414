import type { HeapProfile, HeapProfileNode } from '../protocol/heap-profile.js';
import type { Frame, SourceFrame } from '../protocol/stack.js';
import type { CollectionRequests } from './collection-requests.js';
import type { AllocationNode } from './diagnosis/allocation-sites.js';

/** Deeper trees than this are no profile of V8. */
const deepest = 256;
/** A collection of a heap beyond this holds the main thread for seconds: no reading is worth that. */
export const largestReadBytes = 1_024 * 1_024 * 1_024;

type Objects = 'alive' | 'all';
/** The shares of the time that V8 marks after which a reading is tried, one after the other: the later, the less is left for
 *  the pause, and the more often V8 is done before. Loops are late with their timers while V8 marks. All allocations are
 *  counted for some seconds only, so there is time for one. */
const markedShares: Readonly<Record<Objects, readonly number[]>> = {
  alive: [0.92, 0.86, 0.8, 0.74, 0.68, 0.6],
  all: [0.7],
};
/** So long a reading may be prepared. Unit: ms. */
const preparedMs: Readonly<Record<Objects, number>> = { alive: 20_000, all: 2_000 };

/** What is asked of the world. */
export interface ProfilesWorld {
  /** Unit: ms. */
  now(): number;
  /** Null when no profile can be had. */
  read(): Promise<HeapProfile | null>;
  /** Whether V8 collects all garbage before it tells what it has sampled. */
  readonly readingCollects: boolean;
  /** Asks for a collection and reads after `afterMs`, if that has not ended then; null otherwise. */
  readMarked(afterMs: number): Promise<HeapProfile | null>;
  readonly collections: Pick<CollectionRequests, 'collect' | 'measureMarking'>;
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
  take(objects: Objects): Promise<TakenProfile | null>;
  /** From the moment that one is asked for. */
  isReading(): boolean;
  /** Whether the newest reading went on at some time in this span. Unit: ms. */
  overlaps(fromMs: number, toMs: number): boolean;
}

export function createProfileReadings({
  now,
  read,
  readingCollects,
  readMarked,
  collections,
  locate,
}: ProfilesWorld): ProfileReadings {
  let newest = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  let isReading = false;
  const record = async (reading: Promise<HeapProfile | null>): Promise<TakenProfile | null> => {
    const fromMs = now();
    newest = { fromMs, toMs: Number.POSITIVE_INFINITY };
    const raw = await reading.catch(() => null);
    newest = { fromMs, toMs: now() };
    return raw && { atMs: fromMs, raw, root: locateTree(raw.head, locate) };
  };
  /** Null when V8 was done each time before it was read. */
  const takeMarked = async (objects: Objects): Promise<TakenProfile | null> => {
    const endMs = now() + preparedMs[objects];
    for (const share of markedShares[objects]) {
      // The time of an earlier one is no measure: after a forced collection, for one, V8 marks for twice as long.
      const markingMs = await collections.measureMarking();
      if (markingMs === null || now() + markingMs > endMs) return null;
      const taken = await record(readMarked(markingMs * share));
      if (taken !== null) return taken;
    }
    return null;
  };
  const takeNow = async (objects: Objects): Promise<TakenProfile | null> => {
    if (readingCollects) return (await takeMarked(objects)) ?? record(read());
    // Garbage must not be read as alive.
    if (objects === 'alive') await collections.collect();
    return record(read());
  };
  return {
    isReading: () => isReading,
    async take(objects) {
      if (isReading) return null;
      isReading = true;
      try {
        return await takeNow(objects);
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
