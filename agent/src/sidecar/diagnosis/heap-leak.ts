import type { Finding } from '../../protocol/finding.js';
import type { HeapView } from '../../protocol/heap-view.js';
import type { RuledOut } from '../../protocol/incident.js';
import { type AllocationSite, blameSites } from './allocation-sites.js';
import { type ClimbRule, findClimb } from './climb.js';
import type { Growth } from './growth.js';
import type { Point } from './theil-sen.js';
import { roundShare, showPercent, showRate } from './units.js';

/** When a heap that grows is a leak. */
export interface LeakRule extends ClimbRule {
  /** Share of the slope that the heap must go on with after the newest collection: growth that has stopped is
   *  no leak, and the next collection may be long in coming. */
  readonly goesOnShare: number;
  /** A process that has this long to live needs somebody now. Unit: ms. */
  readonly criticalMs: number;
}

export const leakRule: LeakRule = {
  points: 4,
  spanMs: 20_000,
  risingShare: 0.85,
  steadiness: 0.5,
  climbShare: 0.05,
  // Near the limit a twentieth of the way is less than what collections differ by.
  climbLeast: 8e6,
  beganShare: 0.1,
  restShare: 0.85,
  goesOnShare: 0.3,
  criticalMs: 30 * 60_000,
};

/** A heap that grows towards its limit. */
export interface Leak {
  readonly growth: Growth;
  /** When the limit is reached, if it goes on like this. Unit: ms from now. */
  readonly timeToLimitMs: number;
}

/** Whether the floor of the heap climbs towards the limit. Unknown while there were too few collections. */
export function findLeak(view: HeapView, rule: LeakRule): Leak | 'quiet' | 'unknown' {
  const { levels, limitBytes, highWaterBytes, oldBytes } = view;
  const found = findClimb(
    {
      levels: levels.map((floors) => floors.map(({ atMs, bytes }) => ({ atMs, value: bytes }))),
      limit: limitBytes,
      highWater: highWaterBytes,
      goesOn: (growth, floors) => goesOn(growth, floors.at(-1)!, view, rule),
    },
    rule,
  );
  if (typeof found === 'string') return found;
  const floorBytes = levels[found.level]!.at(-1)!.bytes;
  const leftBytes = Math.max(0, limitBytes - Math.max(oldBytes, floorBytes));
  return { growth: found.growth, timeToLimitMs: (leftBytes / found.growth.perSecond) * 1_000 };
}

/** Between collections used memory only rises, so the newest seconds tell whether anything still comes. */
function goesOn(
  { perSecond }: Growth,
  floor: Point,
  { nowMs, oldBytes, earlier }: HeapView,
  { goesOnShare }: LeakRule,
): boolean {
  if (earlier === null || earlier.atMs <= floor.atMs) return true;
  const rise = oldBytes - earlier.oldBytes;
  return rise >= ((perSecond * (nowMs - earlier.atMs)) / 1_000) * goesOnShare;
}

/** What two heap profiles say about a growth. */
export interface GrownSites {
  readonly sites: readonly AllocationSite[];
  /** Time between the two. Unit: ms. */
  readonly spanMs: number;
  /** Number of samples in the later one. */
  readonly samples: number;
}

/** The verdict on a leak. `grown` is null where no profile could be had; `gcRatio` is the share of wall time in
 *  collections, null when unknown. */
export function detectHeapLeak(
  { growth, timeToLimitMs }: Leak,
  view: HeapView,
  grown: GrownSites | null,
  gcRatio: number | null,
  rule: LeakRule,
): Finding {
  const culprit = grown === null ? null : blameSites(grown.sites, grown.samples);
  const siteBytes = grown?.sites[0]?.bytes ?? null;
  const minutes = Math.max(1, Math.round(timeToLimitMs / 60_000));
  const place =
    culprit === null
      ? ''
      : `, ${showPercent(culprit.share)} of it allocated in ${culprit.function} (${culprit.file}:${culprit.line})`;
  return {
    kind: 'heap-leak',
    key: 'process',
    occurrences: 1,
    severity: timeToLimitMs < rule.criticalMs ? 'critical' : 'warning',
    title: `Heap grows by ${showRate(growth.perSecond)}, at its limit in ${minutes} min${place}`,
    cause: 'unbounded-retention',
    confidence: confidenceOf(growth, culprit?.share ?? 0),
    culprit,
    request: null,
    measurements: {
      bytesPerSecond: Math.round(growth.perSecond),
      floorBytes: Math.round(view.levels[0]?.at(-1)?.bytes ?? view.oldBytes),
      limitBytes: Math.round(view.limitBytes),
      secondsToLimit: Math.round(timeToLimitMs / 1_000),
      collections: growth.points,
      spanSeconds: Math.round(growth.spanMs / 1_000),
      risingShare: roundShare(growth.risingShare),
      ...(grown !== null &&
        siteBytes !== null && { siteBytesPerSecond: Math.round((siteBytes / grown.spanMs) * 1_000) }),
      ...(grown !== null && { samples: grown.samples }),
    },
    ruledOut: ruleOut(growth, view, gcRatio),
  };
}

function confidenceOf({ points, risingShare }: Growth, share: number): number {
  return roundShare(Math.min(0.99, risingShare * (points / (points + 1)) * (0.5 + share / 2)));
}

function ruleOut({ perSecond, spanMs }: Growth, { levels }: HeapView, gcRatio: number | null): RuledOut[] {
  const ruledOut: RuledOut[] = [];
  if (gcRatio !== null) {
    const because = `collections took ${showPercent(gcRatio)} of the time, and what they left has grown`;
    ruledOut.push({ kind: 'gc-pressure', because });
  }
  const floors = levels.find(
    (level) => level.length > 1 && level.at(-1)!.atMs - level[0]!.atMs >= spanMs / 2,
  );
  if (floors === undefined) return ruledOut;
  const [first, last] = [floors[0]!, floors.at(-1)!];
  const outside = ((last.externalBytes - first.externalBytes) / (last.atMs - first.atMs)) * 1_000;
  if (outside < perSecond / 2) {
    const because = `memory outside the heap grew by ${showRate(outside)}`;
    ruledOut.push({ kind: 'external-memory-growth', because });
  }
  return ruledOut;
}
