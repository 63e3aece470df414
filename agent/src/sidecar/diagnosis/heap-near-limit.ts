import type { Finding } from '../../protocol/finding.js';
import type { CodeCulprit, RuledOut } from '../../protocol/incident.js';
import type { HeapFloor } from '../../protocol/snapshot.js';
import { type AllocationSite, blameSites } from './allocation-sites.js';
import { fitTrend } from './theil-sen.js';
import { roundShare, showMegabytes, showPercent, showRate } from './units.js';

/** When a heap is about to end the process. */
export interface NearLimitRule {
  /** Share of the real limit that is alive, 0..1. What is left has to do for all garbage between two collections, so
   *  they come one after the other from here on, and one large answer is enough for the end. */
  readonly share: number;
  /** So many collections in a row must have left that much: one alone may have come in the middle of a large task. */
  readonly collections: number;
  /** So many snapshots in a row the heap must have taken that much of what its container leaves. */
  readonly snapshots: number;
}

export const nearLimitRule: NearLimitRule = { share: 0.85, collections: 2, snapshots: 3 };

/** What is known of the heap at one moment. Unit: bytes. */
export interface NearLimitView {
  /** The newest major collections, oldest first. */
  readonly floors: readonly HeapFloor[];
  /** Used now, without the spaces that objects are born in. */
  readonly oldBytes: number;
  /** What V8 has taken from the system for the heap at the newest snapshots, oldest first, garbage included. */
  readonly takenBytes: readonly number[];
  /** What old space may grow to: V8's limit for it, or what the container leaves, whichever is smaller. */
  readonly limitBytes: number;
  /** V8's own limit for it. */
  readonly v8LimitBytes: number;
  /** Share of the time in collections, 0..1; null when it is not known. */
  readonly gcRatio: number | null;
}

/** What a heap profile says of the objects that are alive. */
export interface LiveSites {
  readonly sites: readonly AllocationSite[];
  readonly samples: number;
}

/** Whether the heap may grow beyond what its container leaves. The kernel kills then, and asks nobody: V8 does not
 *  collect earlier for it. */
const isBoundByContainer = ({ limitBytes, v8LimitBytes }: NearLimitView): boolean =>
  limitBytes < v8LimitBytes;

/** Whether the heap, garbage included, nearly fills what its container leaves it. */
export function isContainerFull(view: NearLimitView, { share, snapshots }: NearLimitRule): boolean {
  const { takenBytes, limitBytes } = view;
  if (!isBoundByContainer(view) || limitBytes <= 0 || takenBytes.length < snapshots) return false;
  return takenBytes.slice(-snapshots).every((bytes) => bytes > limitBytes * share);
}

/** Whether what is alive nearly fills the heap. Unknown while there were too few collections. */
export function isNearLimit(
  { floors, oldBytes, limitBytes }: NearLimitView,
  { share, collections }: NearLimitRule,
): boolean | 'unknown' {
  if (floors.length < collections || limitBytes <= 0) return 'unknown';
  const newest = floors.slice(-collections).map(({ bytes }) => bytes);
  return [...newest, oldBytes].every((bytes) => bytes > limitBytes * share);
}

/** The verdict. `isLeak` says whether the heap grows towards its limit; `live` is null where no profile could be had. */
export function detectHeapNearLimit(
  view: NearLimitView,
  isLeak: boolean,
  live: LiveSites | null,
  rule: NearLimitRule,
): Finding | 'quiet' | 'unknown' {
  const isFull = isContainerFull(view, rule);
  const near = isNearLimit(view, rule);
  if (!isFull && near !== true) return near === false ? 'quiet' : 'unknown';
  const { floors, limitBytes, v8LimitBytes } = view;
  const floorBytes = floors.at(-1)?.bytes ?? null;
  const takenBytes = view.takenBytes.at(-1) ?? null;
  const culprit = live === null ? null : blameSites(live.sites, live.samples);
  const inContainer = isBoundByContainer(view);
  return {
    kind: 'heap-near-limit',
    key: 'process',
    occurrences: 1,
    severity: 'critical',
    title: `${inContainer ? titleInContainer(view) : titleOf(floorBytes!, limitBytes)}${placeOf(culprit)}`,
    cause: causeOf(isLeak, inContainer),
    // The share is measured; what may be wrong is why.
    confidence: roundShare(Math.min(0.95, 0.7 + (culprit?.share ?? 0) / 4)),
    culprit,
    request: null,
    measurements: {
      ...(floorBytes !== null && {
        liveShare: roundShare(floorBytes / limitBytes),
        floorBytes: Math.round(floorBytes),
      }),
      ...(takenBytes !== null && { takenBytes: Math.round(takenBytes) }),
      limitBytes: Math.round(limitBytes),
      v8LimitBytes: Math.round(v8LimitBytes),
      externalBytes: Math.round(floors.at(-1)?.externalBytes ?? 0),
      floorBytesPerSecond: Math.round(slopeOf(floors)),
      collections: floors.length,
      ...(live !== null && { samples: live.samples }),
    },
    ruledOut: ruleOut(view, isLeak),
  };
}

/** A heap that grows steadily is a leak wherever it lives; one that does not has a container that is too small for it, or
 *  a limit of its own that is. */
const causeOf = (isLeak: boolean, inContainer: boolean): 'leak' | 'container' | 'working-set' =>
  isLeak ? 'leak' : inContainer ? 'container' : 'working-set';

const titleOf = (floorBytes: number, limitBytes: number): string =>
  `Heap is ${showPercent(floorBytes / limitBytes)} full after collections, ${leftOf(floorBytes, limitBytes)} below its limit`;

function titleInContainer({ takenBytes, oldBytes, limitBytes, v8LimitBytes }: NearLimitView): string {
  const bytes = takenBytes.at(-1) ?? oldBytes;
  return `Heap takes ${showPercent(bytes / limitBytes)} of what its container leaves it, ${leftOf(bytes, limitBytes)} below the limit, and V8 would take ${showMegabytes(v8LimitBytes)}`;
}

const leftOf = (bytes: number, limitBytes: number): string => showMegabytes(Math.max(0, limitBytes - bytes));

function placeOf(culprit: CodeCulprit | null): string {
  if (culprit === null) return '';
  const { share, function: name, file, line } = culprit;
  return `, ${showPercent(share)} of it allocated in ${name} (${file}:${line})`;
}

const slopeOf = (floors: readonly HeapFloor[]): number =>
  fitTrend(floors.map(({ atMs, bytes }) => ({ atMs, value: bytes })))?.perSecond ?? 0;

function ruleOut({ floors, limitBytes, v8LimitBytes, gcRatio }: NearLimitView, isLeak: boolean): RuledOut[] {
  const newest = floors.at(-1);
  if (newest === undefined) return [];
  const ruledOut: RuledOut[] = [];
  if (!isLeak) {
    const because = `what collections leave does not grow steadily: ${showRate(slopeOf(floors))} over the last ${floors.length}`;
    ruledOut.push({ kind: 'heap-leak', because });
  }
  // Where the container sets the limit, what is outside the heap is part of the matter.
  if (limitBytes === v8LimitBytes) {
    const because = `the limit is V8's own; objects hold ${showMegabytes(newest.externalBytes)} outside the heap, which does not count`;
    ruledOut.push({ kind: 'external-memory-growth', because });
  }
  if (gcRatio !== null && newest.bytes > limitBytes / 2) {
    const because = `collections took ${showPercent(gcRatio)} of the time, and what they left fills the heap`;
    ruledOut.push({ kind: 'gc-pressure', because });
  }
  return ruledOut;
}
