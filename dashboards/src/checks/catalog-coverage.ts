import { notShown } from '../panels/not-shown.js';
import { selectionsOf } from '../promql/selectors.js';
import { dashboardExpressions, ruleExpressions } from './expressions.js';
import type { Check } from './finding.js';
import { knownSeries, metricIds } from './known-series.js';

/** Every metric of the catalog is read by a panel, an annotation or an alert, or has a reason why not; no
 *  recording rule makes a series that nobody reads. */
export const catalogCoverage: Check = (emitted) => {
  const expressions = [...dashboardExpressions(emitted), ...ruleExpressions(emitted)];
  const readers = expressions.filter(({ kind }) => kind !== 'record');
  const names = new Set(readers.flatMap(({ query }) => selectionsOf(query).map(({ name }) => name)));
  const read = new Set([...names].flatMap((name) => knownSeries.get(name)?.metrics ?? []));
  const unread = ruleExpressions(emitted).filter(({ record }) => record !== null && !names.has(record));
  return [
    ...metricIds()
      .filter((id) => !read.has(id) && notShown[id] === undefined)
      .map((id) => ({ where: id, message: 'is neither shown nor listed in panels/not-shown.ts' })),
    ...metricIds()
      .filter((id) => read.has(id) && notShown[id] !== undefined)
      .map((id) => ({ where: id, message: 'is shown, so panels/not-shown.ts must not list it' })),
    ...unread.map(({ where }) => ({ where, message: 'is recorded but nobody reads it' })),
  ];
};
