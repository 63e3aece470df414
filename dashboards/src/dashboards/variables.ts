import {
  ConstantVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { delayMax } from '../rules/event-loop.js';

/** A reference to a dashboard variable, which Grafana replaces. `raw` leaves the value unescaped. */
export function variableRef(name: string, format?: 'raw'): string {
  return `\${${format === undefined ? name : `${name}:${format}`}}`;
}

/** Where every panel of ours reads: the data source that the reader has chosen. */
export const datasource = { type: 'prometheus', uid: variableRef('datasource') };

/** Every path into Prometheus ends in this series, so its jobs and instances are the Node.js ones. */
const anySeries = delayMax.record;

/** Allows several values and All; All matches every value but the empty one. */
function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

/** The dashboard's variables: data source, job, instance, and the folder of the runbooks. */
export function variables(runbookUrl: string) {
  return [
    new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    choice('job', 'Job', `label_values(${anySeries}, job)`),
    choice('instance', 'Instance', `label_values(${anySeries}{job=~"$job"}, instance)`),
    new ConstantVariableBuilder('runbooks').label('Folder of the runbooks').value(runbookUrl),
  ];
}
