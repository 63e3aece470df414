import type { Stall } from '../protocol/stall.js';

/** A sensor that fails tells of no collection, ever: then the oldest stall is let go for each new one. */
const stallsKept = 32;

/** Ended stalls that wait to be told how much of them was garbage collection. */
export interface AwaitedCollections {
  /** A later form of the same stall takes the place of the one before. */
  await(stall: Stall): void;
  /** Those whose share is known by now, with it; each is told once. */
  known(): Stall[];
}

/** `gcRatio` tells the share of a time span on monotonicMs() that was garbage collection; null while it cannot. */
export function createAwaitedCollections(
  gcRatio: (fromMs: number, toMs: number) => number | null,
): AwaitedCollections {
  const awaiting = new Map<number, Stall>();
  return {
    await(stall) {
      awaiting.set(stall.id, stall);
      if (awaiting.size > stallsKept) awaiting.delete(awaiting.keys().next().value!);
    },
    known: () =>
      [...awaiting.values()].flatMap((stall) => {
        const ratio = gcRatio(stall.startedMs, stall.startedMs + stall.blockedMs);
        if (ratio === null) return [];
        awaiting.delete(stall.id);
        return [{ ...stall, gcRatio: ratio }];
      }),
  };
}
