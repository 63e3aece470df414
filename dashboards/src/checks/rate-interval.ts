import { selectionsOf } from '../promql/selectors.js';
import { parseQuery } from '../promql/syntax.js';
import { dashboardExpressions } from './expressions.js';
import type { Check } from './finding.js';

const rates = ['rate', 'irate'];

/** On dashboards rate and irate range over $__rate_interval, which Grafana keeps at four scrapes or more, and
 *  nothing else does. */
export const rateInterval: Check = (emitted) =>
  dashboardExpressions(emitted).flatMap(({ where, text }) => {
    // A duration that nobody writes by hand stands for the variable, so that other ranges are told apart.
    const marked = parseQuery(text.replaceAll('$__rate_interval', '86399s'));
    return selectionsOf(marked)
      .filter(({ range, inside }) => {
        const isRate = range !== null && rates.includes(inside[0] ?? '');
        return isRate !== (range === '86399s');
      })
      .map(({ name, inside }) => ({
        where,
        message: `${inside[0] ?? 'the selector'} of ${name} must range over $__rate_interval if and only if it is a rate`,
      }));
  });
