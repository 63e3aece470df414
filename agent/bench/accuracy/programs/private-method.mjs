// A static method that hands the work to a private one.
// expect cause: javascript
// expect function: #distance
import { blockStarts, lasting, serve } from './serve.mjs';

class Spelling {
  constructor(words) {
    this.words = words;
  }

  static #distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i += 1) {
      const next = [i];
      // culprit
      for (let j = 1; j <= b.length; j += 1) {
        const cost = a[i - 1] === b[j - 1] ? 0 : 1; // culprit
        next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + cost)); // culprit
      }
      row = next;
    }
    return row.at(-1);
  }

  static closest(word, { words }, goesOn) {
    let best = Number.POSITIVE_INFINITY;
    while (goesOn()) for (const each of words) best = Math.min(best, Spelling.#distance(word, each));
    return best;
  }
}

const known = Array.from({ length: 40 }, (_, index) => `${'abcdefghij'.repeat(12)}${index}`);
const dictionary = new Spelling(known);
serve(() => {
  blockStarts();
  return Spelling.closest('jihgfedcba'.repeat(12), dictionary, lasting(700));
});
