import type { DependencyWindow } from '../../protocol/dependency.js';
import { quantileOf, sumTimes } from './dependency-times.js';

/** How what is usual for a target is learnt. */
export interface BaselineRule {
  /** Windows of one block: one second alone is mostly chance. */
  readonly blockWindows: number;
  /** Calls of one block: fewer have no quantile. */
  readonly blockCalls: number;
  /** Blocks before anything is known: one of them may hold the first connections and cold caches. */
  readonly blocksNeeded: number;
  /** The newest blocks count, so that the baseline follows the day. */
  readonly blocksKept: number;
  /** A target that has had an incident for so many blocks is so now: what it does then is learnt anew. */
  readonly adoptAfterBlocks: number;
  readonly quantile: number;
}

export const baselineRule: BaselineRule = {
  blockWindows: 5,
  blockCalls: 5,
  blocksNeeded: 3,
  blocksKept: 120,
  adoptAfterBlocks: 720,
  quantile: 0.95,
};

/** Learns what is usual for one target. */
export interface Baseline {
  /** One window, and whether it belongs to an incident of the target: those are not what is usual. */
  add(window: DependencyWindow, isIncident: boolean): void;
  /** What is usual, in the unit of what is learnt; null while too little is known. */
  usual(): number | null;
}

/** The usual quantile of the answer times. Unit: s. */
export const createTimesBaseline = (bounds: readonly number[], rule: BaselineRule = baselineRule): Baseline =>
  createBaseline((block) => {
    const { calls, counts } = sumTimes(block);
    return calls < rule.blockCalls ? null : quantileOf(counts, bounds, rule.quantile);
  }, rule);

/** Learns a number of a block of windows; `numberOf` gives null while a block holds too little. The median of the blocks:
 *  a few that hold a burst do not move it. */
export function createBaseline(
  numberOf: (block: readonly DependencyWindow[]) => number | null,
  rule: BaselineRule = baselineRule,
): Baseline {
  let block: DependencyWindow[] = [];
  let values: number[] = [];
  let incidentWindows = 0;
  return {
    add(window, isIncident) {
      incidentWindows = isIncident ? incidentWindows + 1 : 0;
      if (incidentWindows >= rule.adoptAfterBlocks * rule.blockWindows) {
        values = [];
        incidentWindows = 0;
      }
      if (isIncident && values.length >= rule.blocksNeeded) {
        // What came just before an incident may belong to it.
        block = [];
        return;
      }
      if (window.isDisturbed) return;
      block.push(window);
      const value = block.length < rule.blockWindows ? null : numberOf(block);
      if (value === null) {
        if (block.length > rule.blocksKept) block.shift();
        return;
      }
      values = [...values, value].slice(-rule.blocksKept);
      block = [];
    },
    usual() {
      if (values.length < rule.blocksNeeded) return null;
      const sorted = [...values].sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)]!;
    },
  };
}
