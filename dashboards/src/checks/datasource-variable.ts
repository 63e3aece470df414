import { variableRef } from '../dashboards/variables.js';
import { panelsOf } from './emitted.js';
import type { Check } from './finding.js';

const wanted = variableRef('datasource');

/** Every dashboard has a data source variable, and every panel, annotation and query variable reads from it. */
export const datasourceVariable: Check = (emitted) => [
  ...emitted.dashboards.flatMap(({ path, dashboard }) => {
    const variables = dashboard.templating?.list ?? [];
    const declared = variables.some(({ name, type }) => name === 'datasource' && type === 'datasource');
    const readers = [
      ...variables.filter(({ type }) => type === 'query').map((one) => ({ ...one, what: 'variable' })),
      ...(dashboard.annotations?.list ?? []).map((one) => ({ ...one, what: 'annotation' })),
    ];
    return [
      ...(declared ? [] : [{ where: path, message: 'needs a variable "datasource" of type datasource' }]),
      ...readers
        .filter(({ datasource }) => datasource?.uid !== wanted)
        .map(({ what, name }) => ({
          where: `${path}: ${what} "${name}"`,
          message: `must read from ${wanted}`,
        })),
    ];
  }),
  ...panelsOf(emitted)
    .filter(({ panel }) => panel.datasource?.uid !== wanted)
    .map(({ where }) => ({ where, message: `must read from ${wanted}` })),
];
