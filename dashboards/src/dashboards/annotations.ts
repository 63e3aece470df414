import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { selector } from '../promql/selector.js';
import { factsOf } from '../promql/source.js';
import { datasource } from './variables.js';

function mark(name: string, iconColor: string, expr: string, title: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(iconColor)
    .expr(expr)
    .titleFormat(title);
}

/** Marks on every panel: what was done to the service at that time. */
export function annotations(): AnnotationQueryBuilder[] {
  const starts = `${selector(factsOf('processStartTime').name)} * 1000`;
  return [
    // The value is the time of the start in ms, so one mark stands where the process started.
    mark('Restarts', 'blue', starts, 'Started {{instance}}').useValueForTime(true),
    mark(
      'Chaos faults',
      'purple',
      `${selector(factsOf('chaosActive').name)} > 0`,
      'Chaos fault {{fault}} in {{instance}}',
    ),
    mark(
      'Alerts',
      'red',
      selector('ALERTS', { alertstate: 'firing' }),
      '{{alertname}} {{severity}} on {{instance}}',
    ),
  ];
}
