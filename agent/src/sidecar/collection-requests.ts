import type { Collections } from '../protocol/heartbeat.js';
import type { Stall } from '../protocol/stall.js';

/** A collection that nobody has heard of after this time was none. Unit: ms. */
const patienceMs = 10_000;
/** A block that is longer and still goes on is no collection. Unit: ms. */
const longestPauseMs = 500;
/** From this share on a block was a collection. */
const mostlyCollection = 0.5;
/** So much of the time that V8 takes to mark has gone when a collection has been marked for the most part. Later, V8 has
 *  often paused the main thread already. */
const markedShare = 0.9;
/** So often that moment is tried to be met. */
const marksMax = 3;

/** What is asked of the world. */
export interface CollectionWorld {
  /** Unit: ms. */
  now(): number;
  /** Makes the main thread begin a major collection; false when it may not be asked. */
  askForCollection(): boolean;
  /** The main thread's, as soon as it knows of them. */
  collections(): Collections;
  /** Runs `work` later. */
  schedule(delayMs: number, work: () => void): void;
}

/** Asks the main thread for major collections, one at a time. */
export interface CollectionRequests {
  /** True when there was one, false when none came within ten seconds. Who asks meanwhile waits for the same. */
  collect(): Promise<boolean>;
  /** Comes back when a collection has been marked for the most part, shortly before V8 pauses the main thread for the end of
   *  it: whoever forces one then only ends it. How long V8 marks is known from the one before. Comes back without it where it
   *  cannot be had, or not within `withinMs`, apart from those that are waited for already. */
  almostCollect(withinMs: number): Promise<void>;
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

  const sleep = (delayMs: number): Promise<void> =>
    new Promise((resolve) => world.schedule(delayMs, () => resolve()));
  /** Whether the moment was met. */
  const mark = async (forMs: number): Promise<boolean> => {
    const { count } = world.collections();
    void ask();
    await sleep(forMs);
    return world.collections().count === count;
  };
  /** How long V8 marks in one that is waited for, or asked for. Unit: ms. */
  const measure = async (): Promise<number | null> =>
    (await (pending?.answer ?? ask())) ? world.collections().pausedMs - fromMs : null;

  return {
    collect: () => pending?.answer ?? ask(),
    async almostCollect(withinMs) {
      const endMs = world.now() + withinMs;
      await pending?.answer;
      for (let marks = 0; marks < marksMax; marks += 1) {
        // The one before the last is no measure: a forced collection, for one, makes the next take twice as long.
        const markingMs = await measure();
        if (markingMs === null || world.now() + markingMs > endMs) return;
        if (await mark(markingMs * markedShare)) return;
      }
    },
    heard(atMs) {
      if (atMs < fromMs || pending === null) return;
      pending.settle(true);
    },
    explains({ startedMs, blockedMs, ended, gcRatio }) {
      if (fromMs > startedMs + blockedMs || toMs < startedMs) return false;
      // What is not known yet is told again when it is.
      return gcRatio === null ? ended || blockedMs < longestPauseMs : gcRatio >= mostlyCollection;
    },
  };
}
