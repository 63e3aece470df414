import { targetLabels } from '../promql/labels.js';
import { selectionsOf } from '../promql/selectors.js';
import type { EmittedVariable } from './emitted.js';
import { dashboardExpressions } from './expressions.js';
import type { Check, Finding } from './finding.js';

const onTimeRangeChange = 2;

/** Every dashboard has variables for job and instance with which one can choose several and all, and every
 *  selector of every query uses them. */
export const targetVariables: Check = (emitted) => [
  ...emitted.dashboards.flatMap(({ path, dashboard }) =>
    targetLabels.flatMap((label) =>
      problems(dashboard.templating?.list?.find(({ name }) => name === label)).map((message) => ({
        where: `${path}: variable "${label}"`,
        message,
      })),
    ),
  ),
  ...dashboardExpressions(emitted).flatMap(({ where, query }) =>
    selectionsOf(query).flatMap(({ name, matchers }): Finding[] =>
      targetLabels
        .filter(
          (label) =>
            !matchers.some((one) => one.label === label && one.op === '=~' && one.value === `$${label}`),
        )
        .map((label) => ({ where, message: `${name} must be selected with ${label}=~"$${label}"` })),
    ),
  ),
];

function problems(variable: EmittedVariable | undefined): readonly string[] {
  if (variable === undefined) return ['is missing'];
  return [
    ...(variable.multi === true ? [] : ['must allow several values']),
    ...(variable.includeAll === true && variable.allValue === '.+'
      ? []
      : ['must offer All with the value .+']),
    ...(variable.refresh === onTimeRangeChange ? [] : ['must refresh when the time range changes']),
  ];
}
