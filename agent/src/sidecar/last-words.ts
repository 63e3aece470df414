import type { LastWords } from '../protocol/last-words.js';
import { isTight } from './diagnosis/exit-cause.js';

/** While an incident is open. Unit: ms. */
const openEveryMs = 5_000;
/** While memory is nearly full, the process may have a second: with each tick, which may come a little early. Unit: ms. */
const tightEveryMs = 500;
/** How often the memory around a healthy process is looked at; its heap is each time. Unit: ms. */
const lookEveryMs = 2_000;
/** A burst of news is one record. Unit: ms. */
const leastGapMs = 500;

/** What is asked of the world. */
export interface LastWordsWorld {
  /** Unit: ms, on a clock that never jumps. */
  now(): number;
  compose(): LastWords;
  /** Whether the heap is nearly full; costs nothing. */
  isHeapTight(): boolean;
  /** Writes or replaces the record. */
  write(words: LastWords): void;
}

/** Keeps the record of this process as fresh as its state demands: one at the start, and no more while it is well. */
export interface LastWordsKeeper {
  /** Something has become of an incident. */
  note(): void;
  /** Call it about once a second. Throws what write() throws. */
  tick(): void;
  /** Nothing is written any more. */
  close(): void;
}

/** The record of the start has been written already. */
export function createLastWords({ now, compose, isHeapTight, write }: LastWordsWorld): LastWordsKeeper {
  let closed = false;
  let isDirty = false;
  let writtenMs = now();
  let lookedMs = now();
  let everyMs = Number.POSITIVE_INFINITY;

  const save = (words: LastWords): void => {
    isDirty = false;
    writtenMs = now();
    write(words);
  };
  const look = (): void => {
    lookedMs = now();
    const words = compose();
    const before = everyMs;
    everyMs = paceOf(words);
    const isDue = now() - writtenMs >= everyMs || everyMs < before;
    // The last record of an incident that is over says so.
    const isOver = before < Number.POSITIVE_INFINITY && everyMs === Number.POSITIVE_INFINITY;
    if (isDirty || isDue || isOver) save(words);
  };
  return {
    note() {
      isDirty = true;
      if (!closed && now() - writtenMs >= leastGapMs) look();
    },
    tick() {
      if (closed) return;
      const isPressed = everyMs < Number.POSITIVE_INFINITY;
      if (isDirty || isPressed || isHeapTight() || now() - lookedMs >= lookEveryMs) look();
    },
    close() {
      closed = true;
    },
  };
}

/** Whether the record of a process in this state is renewed every few seconds. */
export const isRenewed = (words: LastWords): boolean => paceOf(words) < Number.POSITIVE_INFINITY;

function paceOf({ numbers, incidents }: LastWords): number {
  if (isTight(numbers)) return tightEveryMs;
  return incidents.length > 0 ? openEveryMs : Number.POSITIVE_INFINITY;
}
