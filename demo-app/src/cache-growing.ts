import type { Cache } from './cache.js';
import type { OnHarm } from './twin-switch.js';

/** What the growing twin is made with. */
export interface GrowingOptions {
  /** Pages that are kept of each product that is looked at: one for each language and currency of the shop. */
  readonly pagesPerVisit: number;
  /** Whether the twin should be gone by now; then it keeps nothing more. */
  readonly expired: () => boolean;
  /** Called when something has been kept. */
  readonly onKeep: OnHarm;
}

/** The fault ends here, whatever its lease says: about 1.5 GB. */
const pagesMax = 600_000;

/** Keeps the pages of each visit under a key that holds the visit, so that none is ever found again, in a Map that
 *  nothing is ever taken out of. The good twin is cache.ts. */
export function createGrowingCache<Value extends object>(
  options: GrowingOptions,
): Cache<Value> & { clear(): void } {
  const { pagesPerVisit, expired, onKeep } = options;
  const pages = new Map<string, Value>();
  let visits = 0;
  function keepPages(key: number, value: Value): void {
    if (expired() || pages.size >= pagesMax) return;
    visits += 1;
    for (let page = 0; page < pagesPerVisit; page += 1) {
      pages.set(`${key}/${visits}/${page}`, structuredClone(value));
    }
    onKeep();
  }
  return {
    get: () => undefined,
    set: keepPages,
    size: () => pages.size,
    clear: () => pages.clear(),
  };
}
