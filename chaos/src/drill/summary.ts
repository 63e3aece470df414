import type { DrillResult } from './result.js';

/** The result of a drill for people. */
export function summarize(result: DrillResult): string {
  const { incident, alerts, timings, runbook } = result;
  const culprit = incident?.culprit;
  const times = Object.entries(timings).filter((entry): entry is [string, number] => entry[1] !== null);
  const passed = runbook?.steps.filter((step) => 'passed' in step && step.passed).length ?? 0;
  const rows: readonly (readonly [string, string])[] = [
    ['fault', result.fault ? `${result.fault.id} ${JSON.stringify(result.fault.parameters)}` : 'none'],
    ['incident', incident ? `${incident.kind} (${incident.cause})` : 'none'],
    ['culprit', culprit ? `${culprit.function} (${culprit.file}:${culprit.line})` : 'none'],
    ['request', incident?.request?.route ?? 'none'],
    ['alerts', 'skipped' in alerts ? `skipped: ${alerts.skipped}` : alerts.fired.join(', ') || 'none'],
    ['runbook', runbook ? `${runbook.page}, ${passed} of ${runbook.steps.length} steps passed` : 'none'],
    ['timings', times.map(([name, ms]) => `${name} ${ms}`).join(', ') || 'none'],
    ['journal', result.journal ?? 'not written'],
  ];
  return [
    `${result.drill}: ${result.passed ? 'passed' : `not passed (${result.status})`}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    ...result.failures.map((failure) => `  ✖ ${failure}`),
    ...result.notes.map((note) => `  note: ${note}`),
    '',
  ].join('\n');
}
