import { selectionsOf } from '../promql/selectors.js';
import { parseQuery } from '../promql/syntax.js';
import { parseDuration } from '../timing.js';
import { rulesOf } from './emitted.js';
import type { Check } from './finding.js';

/** Ranges in rules hold two scrapes at least: a rate of one sample is no number. */
export const ruleRanges: Check = (emitted) =>
  rulesOf(emitted).flatMap(({ where, rule, timing }) =>
    selectionsOf(parseQuery(rule.expr))
      .filter(({ range }) => range !== null && (parseDuration(range) ?? 0) < 2 * timing.scrapeSeconds)
      .map(({ name, range }) => ({
        where,
        message: `the range of ${name} must be at least ${2 * timing.scrapeSeconds}s (two scrapes), got ${range}`,
      })),
  );
