import { selectionsOf } from '../promql/selectors.js';
import { expressionsOf } from './expressions.js';
import type { Check, Finding } from './finding.js';
import { knownSeries } from './known-series.js';

const forCounters = ['rate', 'irate', 'increase'];
/** A recording rule may pass a counter on under another name; these change neither value nor resets. */
const renaming = ['label_replace', 'max'];

/** Counters stand only inside rate, irate and increase, and nothing but counters does. Which metric is a counter
 *  is the catalog's to say: some gauges end in `_total`. */
export const countersInRates: Check = (emitted) =>
  expressionsOf(emitted).flatMap(({ where, query, record }) =>
    selectionsOf(query).flatMap(({ name, inside }): Finding[] => {
      const series = knownSeries.get(name);
      if (series === undefined) return [];
      const rated = forCounters.includes(inside[0] ?? '');
      const renamed =
        knownSeries.get(record ?? '')?.type === 'counter' && inside.every((one) => renaming.includes(one));
      if (series.type === 'gauge' && rated)
        return [{ where, message: `${name} is a gauge, so it has no rate` }];
      if (series.type === 'gauge' || rated || renamed) return [];
      return [{ where, message: `${name} is a counter, so it must stand inside rate or increase` }];
    }),
  );
