import type { Cache } from './cache.js';
import type { OnHarm } from './twin-switch.js';

/** What the awaiting twin is made with. */
export interface AwaitingOptions {
  /** Pages that wait for each product that is looked at: one for each language and currency of the shop. */
  readonly pagesPerVisit: number;
  /** Whether the twin should be gone by now; then nothing more waits. */
  readonly expired: () => boolean;
  /** Called when something waits. */
  readonly onKeep: OnHarm;
}

/** The fault ends here, whatever its lease says: about 1.3 GB. */
const pagesMax = 1_200_000;

/** Holds back the pages of each visit until the next price list is published, which is announced by a promise that lives
 *  as long as the process; on no ordinary day it settles. What waits is in no map: the promise holds every callback, and
 *  each callback its pages. The good twin is cache.ts. */
export function createAwaitingCache<Value extends object>(
  options: AwaitingOptions,
): Cache<Value> & { clear(): void } {
  const { pagesPerVisit, expired, onKeep } = options;
  const published = (): Promise<void> => new Promise(() => {});
  const fresh = new Map<number, Value>();
  let publication = published();
  let waiting = 0;
  function renewLater(key: number, value: Value): void {
    if (expired() || waiting >= pagesMax) return;
    waiting += pagesPerVisit;
    const outdated: Value[] = [];
    for (let page = 0; page < pagesPerVisit; page += 1) outdated.push(structuredClone(value));
    void publication.then(() => {
      for (const page of outdated) fresh.set(key, page);
    });
    onKeep();
  }
  return {
    get: (key) => fresh.get(key),
    set: renewLater,
    size: () => fresh.size,
    clear() {
      // Nobody can take a callback back from a promise, but without the promise there is nothing that holds them.
      publication = published();
      waiting = 0;
    },
  };
}
