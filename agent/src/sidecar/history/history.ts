import type { GcPause, Snapshot } from '../../protocol/snapshot.js';

/** Five minutes of snapshots. */
const snapshotsKept = 300;
const pausesKept = 2_048;

/** The newest snapshots and collections, oldest first, in a fixed amount of memory. */
export interface History {
  add(snapshot: Snapshot): void;
  newest(): Snapshot | null;
  /** Share of a time span on monotonicMs() that was spent in garbage collection, 0..1; null until a snapshot
   *  from after its end has come, because only that one tells of the collections at its end. */
  gcRatio(fromMs: number, toMs: number): number | null;
}

/** Node delivers collections to observers a moment after they end; a snapshot younger than this may lack some. */
const deliveryMs = 100;

export function createHistory(): History {
  const snapshots: Snapshot[] = [];
  const pauses: GcPause[] = [];
  const newest = (): Snapshot | null => snapshots.at(-1) ?? null;
  return {
    add(snapshot) {
      const before = snapshots.pop();
      if (before !== undefined) snapshots.push(forgetLists(before));
      snapshots.push(snapshot);
      if (snapshots.length > snapshotsKept) snapshots.shift();
      pauses.push(...(snapshot.gc?.pauses ?? []));
      if (pauses.length > pausesKept) pauses.splice(0, pauses.length - pausesKept);
    },
    newest,
    gcRatio(fromMs, toMs) {
      const last = newest();
      if (last === null || last.gc === null || last.monotonicMs < toMs + deliveryMs || toMs <= fromMs)
        return null;
      const inside = pauses.reduce((sum, pause) => sum + overlap(pause, fromMs, toMs), 0);
      return Math.min(1, inside / (toMs - fromMs));
    },
  };
}

/** Up to a thousand pools with those who hold their connections, and hundreds of histograms of requests, are of interest
 *  while they are the newest: counters hold what came before, and five minutes of them would not fit into this thread. */
const forgetLists = (snapshot: Snapshot): Snapshot =>
  snapshot.pools === null && snapshot.requests === null
    ? snapshot
    : { ...snapshot, pools: null, requests: null };

const overlap = ({ startedMs, durationMs }: GcPause, fromMs: number, toMs: number): number =>
  Math.max(0, Math.min(toMs, startedMs + durationMs) - Math.max(fromMs, startedMs));
