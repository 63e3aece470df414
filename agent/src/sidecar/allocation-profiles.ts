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
/** Each reading may pause the main thread for a collection, so one incident gets this many at the most. */
const readingsMax = 4;
/** Collections that one suspicion gets to be confirmed by, at the most. */
const pointsMax = 5;
/** After a suspicion that came to nothing the next one waits this long, and each time twice as long. */
const firstRestMs = 10 * 60_000;
const longestRestMs = 6 * 60 * 60_000;
/** A suspicion that has gone is forgotten after this time. */
const forgetMs = 15 * 60_000;
/** Below this share of the growth, the sites do not explain it. */
const explainedShare = 0.25;

/** Reads heap profiles while the heap is suspected to grow, and tells which sites have grown between them. The first is
 *  read on suspicion, the next when the growth is confirmed; collections in between are the points of its line. */
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

export function createAllocationProfiles(
  now: () => number,
  profiles: ProfileReadings,
  collect: () => Promise<boolean>,
): AllocationProfiles {
  let before: TakenProfile | null = null;
  let after: TakenProfile | null = null;
  let grown: GrownSites | null = null;
  let readings = 0;
  let points = 0;
  let pointAtMs = Number.NEGATIVE_INFINITY;
  let suspectedMs = Number.NEGATIVE_INFINITY;
  let restMs = firstRestMs;
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  const forget = (): void => {
    before = null;
    after = null;
    grown = null;
    readings = 0;
    points = 0;
  };
  const rest = (): void => {
    forget();
    restsUntilMs = now() + restMs;
    restMs = Math.min(longestRestMs, restMs * 2);
  };
  const takeFirst = async (): Promise<void> => {
    readings += 1;
    pointAtMs = now();
    before = await profiles.take('alive');
    if (before === null) rest();
  };
  const takeNext = async (first: TakenProfile, view: HeapView): Promise<void> => {
    readings += 1;
    const next = await profiles.take('alive');
    if (next === null || before !== first) return;
    const sites = sitesThatGrew(first.root, next.root);
    const bytes = sites.reduce((sum, site) => sum + site.bytes, 0);
    if (bytes < notableRise(view, suspicionRule) * explainedShare) return rest();
    after = next;
    grown = { sites, spanMs: next.atMs - first.atMs, samples: next.raw.samples.length };
  };
  const areSitesDue = (): boolean => now() - (after ?? before!).atMs >= (after === null ? apartMs : againMs);
  const isPointDue = (view: HeapView): boolean => {
    if (points >= pointsMax || now() - pointAtMs < apartMs) return false;
    const { oldBytes, newestFloorBytes } = view;
    return oldBytes - (newestFloorBytes ?? oldBytes) >= notableRise(view, suspicionRule);
  };
  const takePoint = (): void => {
    points += 1;
    pointAtMs = now();
    void collect();
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
      else if (isConfirmed && areSitesDue()) void takeNext(before, view);
      else if (!isConfirmed && isPointDue(view)) takePoint();
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
