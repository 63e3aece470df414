import type { HeapProfile } from '../protocol/heap-profile.js';
import type { HeapView } from '../protocol/heap-view.js';
import { sitesOf, sitesThatGrew } from './diagnosis/allocation-sites.js';
import type { GrownSites } from './diagnosis/heap-leak.js';
import type { LiveSites } from './diagnosis/heap-near-limit.js';
import { notableRise, suspicionRule } from './diagnosis/heap-suspicion.js';
import { largestReadBytes, type ProfileReadings, type TakenProfile } from './profile-readings.js';

/** Between two profiles there is time for a request's own memory to go. */
const apartMs = 15_000;
/** Once the leak has its verdict, its sites are looked at again after this time. */
const againMs = 5 * 60_000;
/** Each reading pauses the main thread for a collection, so one incident gets this many at the most. */
const readingsMax = 4;
/** After a suspicion that came to nothing the next one waits this long, and each time twice as long. */
const firstRestMs = 10 * 60_000;
const longestRestMs = 6 * 60 * 60_000;
/** A suspicion that has gone is forgotten after this time. */
const forgetMs = 15 * 60_000;
/** Below this share of the growth, the sites do not explain it. */
const explainedShare = 0.25;

/** Reads heap profiles while the heap is suspected to grow, and tells which sites have grown between them. */
export interface AllocationProfiles {
  /** Call it about once a second. A growth that is confirmed wants its sites; one that is only suspected wants
   *  collections to be confirmed by. */
  look(view: HeapView, isSuspected: boolean, isConfirmed: boolean): void;
  /** Null before the second profile. */
  grown(): GrownSites | null;
  /** Who has allocated what was alive at the newest profile; null before the first. */
  alive(): LiveSites | null;
  /** The newest profile as the inspector gave it. */
  newest(): HeapProfile | null;
  /** Whether sites are to be expected soon. */
  isPending(): boolean;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
}

export function createAllocationProfiles(now: () => number, profiles: ProfileReadings): AllocationProfiles {
  let before: TakenProfile | null = null;
  let after: TakenProfile | null = null;
  let grown: GrownSites | null = null;
  let readings = 0;
  let suspectedMs = Number.NEGATIVE_INFINITY;
  let restMs = firstRestMs;
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  const forget = (): void => {
    before = null;
    after = null;
    grown = null;
    readings = 0;
  };
  const rest = (): void => {
    forget();
    restsUntilMs = now() + restMs;
    restMs = Math.min(longestRestMs, restMs * 2);
  };
  const takeFirst = async (): Promise<void> => {
    readings += 1;
    before = await profiles.take();
    if (before === null) rest();
  };
  const takeNext = async (first: TakenProfile, view: HeapView): Promise<void> => {
    readings += 1;
    const next = await profiles.take();
    if (next === null || before !== first) return;
    const sites = sitesThatGrew(first.root, next.root);
    const bytes = sites.reduce((sum, site) => sum + site.bytes, 0);
    if (bytes < notableRise(view, suspicionRule) * explainedShare) return rest();
    after = next;
    grown = { sites, spanMs: next.atMs - first.atMs, samples: next.raw.samples.length };
  };
  /** Until there is a verdict each reading is also a collection, and a point on the line. */
  const isDue = (newest: TakenProfile, view: HeapView, isConfirmed: boolean): boolean => {
    if (now() - newest.atMs < (isConfirmed && after !== null ? againMs : apartMs)) return false;
    const { oldBytes, newestFloorBytes } = view;
    return isConfirmed || oldBytes - (newestFloorBytes ?? oldBytes) >= notableRise(view, suspicionRule);
  };

  return {
    look(view, isSuspected, isConfirmed) {
      if (isSuspected) suspectedMs = now();
      else if (now() - suspectedMs > forgetMs) forget();
      const isTooLarge = view.oldBytes > largestReadBytes;
      if (
        profiles.isReading() ||
        !isSuspected ||
        isTooLarge ||
        readings >= readingsMax ||
        now() < restsUntilMs
      )
        return;
      if (before === null) void takeFirst();
      else if (isDue(after ?? before, view, isConfirmed)) void takeNext(before, view);
    },
    grown: () => grown,
    alive() {
      const taken = after ?? before;
      return taken && { sites: sitesOf(taken.root), samples: taken.raw.samples.length };
    },
    newest: () => (after ?? before)?.raw ?? null,
    isPending: () => profiles.isReading() || (before !== null && after === null),
    forget() {
      forget();
      restMs = firstRestMs;
      restsUntilMs = Number.NEGATIVE_INFINITY;
    },
  };
}
