import { selector } from '../promql/selector.js';
import { maxOf, rateOf, type Series } from '../promql/series.js';
import type { Panel } from './panel.js';

const firingAlerts: Series = {
  expr: `max by (job, instance, alertname, severity) (${selector('ALERTS', { alertstate: 'firing' })})`,
  legend: 'alert · {{alertname}} {{severity}} · {{instance}}',
};

export const verdict: Panel = {
  title: 'Verdict',
  unit: 'short',
  description:
    'One lane for each kind of incident that the agent can name and one for each firing alert. Red means open now.',
  series: [maxOf('incidentActive', { as: 'incident', by: ['kind'] }), firingAlerts],
  drawnAs: 'lanes',
};

export const blockedByCause: Panel = {
  title: 'Seconds blocked per second, by cause',
  unit: 'percentunit',
  description:
    'Share of time that the main thread was stalled; 100 % is a loop that never comes back. Rises while a stall goes on.',
  incident: 'event-loop-stall',
  series: [rateOf('blocked', { by: ['cause'] })],
  drawnAs: 'stack',
};
