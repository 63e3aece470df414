import type { AlertRule } from '../rules/rule-file.js';
import { alertsOf } from './emitted.js';
import type { Check } from './finding.js';

/** Every alert has a static summary of one sentence, a templated description and a runbook. */
export const alertTexts: Check = (emitted) =>
  alertsOf(emitted).flatMap(({ where, rule }) => problemsOf(rule).map((message) => ({ where, message })));

function problemsOf({ annotations }: AlertRule): readonly string[] {
  const { summary = '', description = '', runbook_url: runbook = '' } = annotations;
  return [
    ...(/^[^.{}]+(\.\w[^.{}]*)*\.$/.test(summary) ? [] : ['summary must be one sentence without templates']),
    ...(description.includes('$labels.instance') && description.includes('$value')
      ? []
      : ['description must tell the instance and the value']),
    ...(URL.canParse(runbook) ? [] : ['runbook_url must be an address']),
  ];
}
