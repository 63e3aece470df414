/** A source of numbers in 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** The same seed gives the same numbers. Source: mulberry32, a 32-bit generator in the public domain. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Time to the next of many independent arrivals (a Poisson process). Unit: ms. */
export function nextGapMs(random: Random, ratePerSecond: number): number {
  return (-Math.log(1 - random()) / ratePerSecond) * 1_000;
}

/** A number from 1 to `count` of which small ones are much more frequent, roughly as in Zipf's law. */
export function popular(random: Random, count: number): number {
  return Math.min(count, Math.max(1, Math.floor(count ** random())));
}
