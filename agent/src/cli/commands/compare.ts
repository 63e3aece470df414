import { compareSnapshots } from '../../heap/compare.js';
import { usageError } from '../arguments.js';
import type { Command } from '../command.js';
import { describeComparison } from '../describe-comparison.js';

/** Compares two heap snapshots and says what grew, and what keeps it. */
export const compare: Command = {
  name: 'compare',
  usage: 'compare BEFORE AFTER',
  summary: 'compare two heap snapshots: constructors that grew, and what keeps the largest growth',
  async run({ typed, print, progress }) {
    const [before, after, ...more] = typed.operands;
    if (before === undefined || after === undefined || more.length > 0) {
      throw usageError('compare wants two .heapsnapshot files: before, then after.');
    }
    try {
      const comparison = compareSnapshots(before, after, (stage, ratio) =>
        progress(stage, ratio === null ? '' : `${Math.floor(ratio * 100)} %`),
      );
      progress(null);
      print(typed.json ? JSON.stringify(comparison) : describeComparison(comparison));
      return 0;
    } finally {
      progress(null);
    }
  },
};
