import { createHash } from 'node:crypto';

/** A number in [0, 1) that follows from its keys alone, so that one seed gives the same toxic to the same connection
 *  whatever happens at the same time. */
export function drawFor(...keys: readonly (string | number)[]): number {
  return firstWord(keys) / 2 ** 32;
}

/** A source of numbers in [0, 1) whose sequence follows from its keys alone (mulberry32). */
export function createRandom(...keys: readonly (string | number)[]): () => number {
  let state = firstWord(keys);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function firstWord(keys: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(keys)).digest().readUInt32LE(0);
}
