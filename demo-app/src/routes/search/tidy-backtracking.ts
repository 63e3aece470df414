import type { OnHarm } from '../../twin-switch.js';
import type { TidySearch } from './tidy.js';

/** What the backtracking twin is made with. */
export interface BacktrackingOptions {
  /** Unit: characters. Longer searches are left alone, which bounds the block: each character more doubles it. */
  readonly lengthMax: number;
  /** Whether the twin should be gone by now. */
  readonly expired: () => boolean;
  /** Called after a search that has held the main thread up. */
  readonly onBlock: OnHarm;
}

/** Unit: ms. Searches below this harm nobody. */
const harmfulMs = 50;

/** Words with spaces between them, as one writes it down without thinking of texts that do not match: a repetition
 *  within a repetition, so that `aaaa…!` is tried in every way that it can be cut into words. */
const words = /^(?:[\p{L}\d]+\s*)+$/u;

/** Gives the same answers as tidy.ts, for some texts much later. */
export function createBacktrackingTidy({ lengthMax, expired, onBlock }: BacktrackingOptions): TidySearch {
  return function tidyWords(search) {
    if (search.length > lengthMax || expired()) return search;
    const beganAtMs = Date.now();
    const isWordsOnly = words.test(search);
    if (Date.now() - beganAtMs >= harmfulMs) onBlock(beganAtMs);
    return isWordsOnly ? search.replaceAll(/\s+/g, ' ') : search;
  };
}
