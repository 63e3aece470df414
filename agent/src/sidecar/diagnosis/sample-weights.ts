import type { StackSample } from '../../protocol/stack.js';

/** Stacks of one stall are never further apart; what is, lies between two stalls. Unit: ms. */
const longestGapMs = 400;
/** A stack that was there at once is still a stack. Unit: ms. */
const leastMs = 1;

/** How much of the block each stack stands for: the time since the answer before it, and while it was waited for. A
 *  stack that took 200 ms was there for all of them, and one that came a few ms later says little against it.
 *  Unit: ms. */
export function sampleWeights(samples: readonly StackSample[]): number[] {
  let answeredMs = Number.NEGATIVE_INFINITY;
  return samples.map(({ askedMs, answerMs }) => {
    const gapMs = askedMs - answeredMs;
    answeredMs = askedMs + answerMs;
    return Math.max(leastMs, answerMs + (gapMs > 0 && gapMs <= longestGapMs ? gapMs : 0));
  });
}
