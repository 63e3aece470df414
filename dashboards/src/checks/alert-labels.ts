import { incidentCatalog } from '@faultline/agent/catalog';
import type { AlertRule } from '../rules/rule-file.js';
import { alertsOf } from './emitted.js';
import type { Check } from './finding.js';

const severities = ['critical', 'warning', 'info'];

/** Every alert is named `Nodejs…` in CamelCase as the catalog says for its incident, and has a severity. */
export const alertLabels: Check = (emitted) =>
  alertsOf(emitted).flatMap(({ where, rule }) => problemsOf(rule).map((message) => ({ where, message })));

function problemsOf({ alert, labels }: AlertRule): readonly string[] {
  const { incident = '', severity = '' } = labels;
  const row = Object.values(incidentCatalog).find(({ kind }) => kind === incident);
  return [
    ...(/^Nodejs([A-Z][a-z0-9]+)+$/.test(alert) ? [] : ['name must be Nodejs… in CamelCase']),
    ...(row?.alert === alert ? [] : [`the catalog has no alert ${alert} for incident "${incident}"`]),
    ...(severities.includes(severity)
      ? []
      : [`severity must be one of ${severities.join(', ')}, got "${severity}"`]),
  ];
}
