/** Held memory that has grown by less since the last collection is not worth one. Unit: bytes. */
const riseBytes = 8e6;
/** Buffers of requests in flight go with their requests: this is how long they get. Unit: ms. */
const apartMs = 10_000;
/** Each collection takes the service some CPU, so one suspicion gets this many at the most. */
const askedMost = 5;
/** Of what seemed to have grown, a collection must leave this share: less was garbage. */
const keptShare = 0.5;
/** After a suspicion that came to nothing the next one waits this long, and each time twice as long. Unit: ms. */
const firstRestMs = 10 * 60_000;
const longestRestMs = 6 * 60 * 60_000;

/** What is held outside the heap at one moment. Unit: bytes. */
export interface HeldView {
  /** On the clock of the floors. Unit: ms. */
  readonly nowMs: number;
  /** By garbage as well. */
  readonly externalBytes: number;
  /** What the newest major collection has left; null before the first. */
  readonly floor: { readonly atMs: number; readonly externalBytes: number } | null;
  /** The highest floor from which this process has come down again by itself; 0 before. */
  readonly highWaterBytes: number;
}

/** Asks for major collections while buffers are suspected to be kept: V8 by itself collects for their sake only when some
 *  64 MB have come together, which is a minute at 1 MB/s, and a line wants several points. */
export interface AskedCollections {
  /** Call it about once a second. */
  look(view: HeldView): void;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
}

/** `collect` tells whether there was a collection; a false answer may take its time. */
export function createAskedCollections(collect: () => Promise<boolean>): AskedCollections {
  /** The collection that was asked for last, and what was known then; null before the first and while resting. */
  let last: HeldView | null = null;
  let asked = 0;
  let restMs = firstRestMs;
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  const rest = (nowMs: number): void => {
    last = null;
    asked = 0;
    restsUntilMs = nowMs + restMs;
    restMs = Math.min(longestRestMs, restMs * 2);
  };
  const ask = async (view: HeldView): Promise<void> => {
    last = view;
    asked += 1;
    const isCollected = await collect();
    if (!isCollected && last === view) rest(view.nowMs);
  };
  /** Whether it has turned out that what grew was garbage, or there is nothing more to learn. */
  const isSettled = ({ floor }: HeldView, before: HeldView): boolean => {
    if (floor === null || floor.atMs < before.nowMs) return false;
    const seemed = before.externalBytes - (before.floor?.externalBytes ?? 0);
    const kept = floor.externalBytes - (before.floor?.externalBytes ?? 0);
    return kept < seemed * keptShare;
  };
  const isDue = ({ nowMs, externalBytes, floor, highWaterBytes }: HeldView): boolean => {
    if (last !== null && (floor === null || floor.atMs < last.nowMs || nowMs - last.nowMs < apartMs))
      return false;
    return externalBytes - (floor?.externalBytes ?? 0) >= riseBytes && externalBytes > highWaterBytes;
  };

  return {
    look(view) {
      if (view.nowMs < restsUntilMs) return;
      if (last !== null && isSettled(view, last)) return rest(view.nowMs);
      if (isDue(view)) {
        if (asked >= askedMost) return rest(view.nowMs);
        void ask(view);
      }
    },
    forget() {
      last = null;
      asked = 0;
      restMs = firstRestMs;
      restsUntilMs = Number.NEGATIVE_INFINITY;
    },
  };
}
