import type { GcPause } from '../protocol/snapshot.js';
import type { Stall } from '../protocol/stall.js';

/** A collection that nobody has heard of after this time was none. Unit: ms. */
const patienceMs = 10_000;
/** A block that is longer and still goes on is no collection. Unit: ms. */
const longestPauseMs = 500;
/** From this share on a block was a collection. */
const mostlyCollection = 0.5;
/** So often it is tried to learn how long V8 marks. */
const measuresMax = 3;

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
  /** How long V8 marks beside the main thread in one that is asked for now, or waited for already. Unit: ms; null where
   *  that cannot be had. */
  measureMarking(): Promise<number | null>;
  /** What has paused the main thread in the newest window. Tell it before the collections of that window are heard of. */
  note(pauses: readonly GcPause[]): void;
  /** A major collection has ended at this moment, on the clock of `now`. */
  heard(atMs: number): void;
  /** Whether a pause of the main thread was the collection that was asked for last. */
  explains(stall: Stall): boolean;
}

export function createCollectionRequests(world: CollectionWorld): CollectionRequests {
  let pending: { readonly answer: Promise<boolean>; settle(isCollected: boolean): void } | null = null;
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  /** When V8 began to mark for the one that was asked for last, and the pause by which that ended. */
  let begunMs: number | null = null;
  let ended: GcPause | null = null;

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
    begunMs = null;
    ended = null;
    world.schedule(patienceMs, () => asked.settle(false));
    if (!world.askForCollection()) asked.settle(false);
    return answer;
  };

  /** Null for a collection that V8 took for marked when it had hardly begun: the pause is what took its time. */
  const markedMs = (): number | null => {
    if (ended === null) return null;
    const ms = ended.startedMs - (begunMs ?? fromMs);
    return ended.durationMs > ms ? null : ms;
  };

  return {
    collect: () => pending?.answer ?? ask(),
    async measureMarking() {
      for (let measures = 0; measures < measuresMax; measures += 1) {
        if (!(await (pending?.answer ?? ask()))) return null;
        const ms = markedMs();
        if (ms !== null) return ms;
      }
      return null;
    },
    note(pauses) {
      for (const pause of pauses) {
        if (pause.startedMs < fromMs) continue;
        if (pause.kind === 'incremental') begunMs ??= pause.startedMs;
        if (pause.kind === 'major') ended ??= pause;
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
