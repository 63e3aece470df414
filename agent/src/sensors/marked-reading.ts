import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { gcKindOf } from './gc.js';
import { askForCollection } from './gentle-collection.js';

/** Asks for a collection and reads after `afterMs`, when V8 has marked most of it beside this thread, so that a reading
 *  that forces a collection only ends the one that goes on. Null when V8 has ended it before, or was at another one: what is
 *  read then may be paid with a whole one. Unit: ms. */
export async function readMarked<Profile>(
  afterMs: number,
  read: () => Profile | null,
): Promise<Profile | null> {
  const witness = createWitness();
  const marking = watchMarking();
  try {
    // V8 keeps what a new reference refers to until the end of the turn.
    await nextTurn();
    if (!askForCollection()) return null;
    await delay(afterMs, undefined, { ref: false });
    return marking.hasBegun() && !witness.isCollected() ? read() : null;
  } finally {
    marking.end();
  }
}

/** Tells in the very moment whether V8 has collected; its performance entries come a turn later. A weak reference ends with
 *  a major collection, and with the first one that begins to mark after it was made. */
function createWitness(): { isCollected(): boolean } {
  const reference = new WeakRef({});
  return { isCollected: () => reference.deref() === undefined };
}

/** Tells whether V8 has begun to mark since. */
function watchMarking(): { hasBegun(): boolean; end(): void } {
  const fromMs = performance.now();
  let begun = false;
  const isBeginning = (entry: PerformanceEntry): boolean =>
    gcKindOf(entry) === 'incremental' && entry.startTime >= fromMs;
  const observer = new PerformanceObserver((list) => {
    begun ||= list.getEntries().some(isBeginning);
  });
  observer.observe({ entryTypes: ['gc'] });
  return { hasBegun: () => begun, end: () => observer.disconnect() };
}
