import { namesIn, targetLabels } from '../promql/labels.js';
import { selectionsOf } from '../promql/selectors.js';
import { nodesOf } from '../promql/syntax.js';
import { scopeLabels } from '../rules/spellings.js';
import { expressionsOf } from './expressions.js';
import type { Check } from './finding.js';
import { knownSeries, labelsOfSeries } from './known-series.js';

const everywhere: readonly string[] = [...targetLabels, ...scopeLabels];
const anyLabel = new Set([...everywhere, ...[...knownSeries.values()].flatMap(({ labels }) => labels)]);

/** Every metric and every label in a query is in the catalog, in one of its spellings, or made by our rules. */
export const catalogNames: Check = (emitted) =>
  expressionsOf(emitted).flatMap(({ where, query }) => {
    const selections = selectionsOf(query);
    const grouped = nodesOf(query.root, 'GroupingLabels').flatMap((list) => namesIn(query, list));
    return [
      ...selections
        .filter(({ name }) => !knownSeries.has(name))
        .map(({ name }) => ({ where, message: `metric "${name}" is not in the catalog` })),
      ...selections.flatMap(({ name, matchers }) =>
        matchers
          .filter(({ label }) => ![...everywhere, ...labelsOfSeries(name)].includes(label))
          .map(({ label }) => ({ where, message: `${name} has no label "${label}" in the catalog` })),
      ),
      ...grouped
        .filter((label) => !anyLabel.has(label))
        .map((label) => ({ where, message: `label "${label}" is not in the catalog` })),
    ];
  });
