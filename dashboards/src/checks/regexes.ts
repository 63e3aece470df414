import { type Matcher, selectionsOf } from '../promql/selectors.js';
import { expressionsOf } from './expressions.js';
import type { Check } from './finding.js';

/** A regular expression is used only where it is needed, and without the anchors that Prometheus adds itself. */
export const regexes: Check = (emitted) =>
  expressionsOf(emitted).flatMap(({ where, query }) =>
    selectionsOf(query)
      .flatMap(({ matchers }) => matchers.filter(({ op }) => op === '=~' || op === '!~'))
      .flatMap((matcher) => {
        const problem = problemOf(matcher);
        return problem === null
          ? []
          : [{ where, message: `${matcher.label}${matcher.op}"${matcher.value}" ${problem}` }];
      }),
  );

function problemOf({ value }: Matcher): string | null {
  if (value.startsWith('$') && value.length > 1) return null;
  if (value.startsWith('^') || value.endsWith('$')) return 'is anchored by Prometheus already';
  return /[.+*?|()[\]{}\\]/.test(value) ? null : 'is no regular expression; compare for equality';
}
