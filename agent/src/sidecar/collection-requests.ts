import type { Stall } from '../protocol/stall.js';

/** A collection that nobody has heard of after this time was none. Unit: ms. */
const patienceMs = 10_000;
/** A block that is longer and still goes on is no collection. Unit: ms. */
const longestPauseMs = 500;
/** From this share on a block was a collection. */
const mostlyCollection = 0.5;

/** What is asked of the world. */
export interface CollectionWorld {
  /** Unit: ms. */
  now(): number;
  /** Makes the main thread begin a major collection; false when it may not be asked. */
  askForCollection(): boolean;
  /** Runs `work` later. */
  schedule(delayMs: number, work: () => void): void;
}

/** Asks the main thread for major collections, one at a time. */
export interface CollectionRequests {
  /** True when there was one, false when none came within ten seconds. Who asks meanwhile waits for the same. */
  collect(): Promise<boolean>;
  /** A major collection has ended at this moment, on the clock of `now`. */
  heard(atMs: number): void;
  /** Whether a pause of the main thread was the collection that was asked for last. */
  explains(stall: Stall): boolean;
}

export function createCollectionRequests(world: CollectionWorld): CollectionRequests {
  let pending: { readonly answer: Promise<boolean>; settle(isCollected: boolean): void } | null = null;
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;

  const ask = (): Promise<boolean> => {
    let tell: (isCollected: boolean) => void = () => {};
    const answer = new Promise<boolean>((resolve) => (tell = resolve));
    const asked = {
      answer,
      settle(isCollected: boolean) {
        if (pending !== asked) return;
        pending = null;
        toMs = world.now();
        tell(isCollected);
      },
    };
    pending = asked;
    fromMs = world.now();
    toMs = Number.POSITIVE_INFINITY;
    world.schedule(patienceMs, () => asked.settle(false));
    if (!world.askForCollection()) asked.settle(false);
    return answer;
  };

  return {
    collect: () => pending?.answer ?? ask(),
    heard(atMs) {
      if (atMs >= fromMs) pending?.settle(true);
    },
    explains({ startedMs, blockedMs, ended, gcRatio }) {
      if (fromMs > startedMs + blockedMs || toMs < startedMs) return false;
      // What is not known yet is told again when it is.
      return gcRatio === null ? ended || blockedMs < longestPauseMs : gcRatio >= mostlyCollection;
    },
  };
}
