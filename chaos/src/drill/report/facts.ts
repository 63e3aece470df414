import type { Json } from '../experiment.js';
import type { Journal } from '../journal/journal.js';
import type { PhaseRecord, StepRecord } from '../record.js';
import type { DrillResult } from '../result.js';

/** One phase as a report shows it. */
export interface ReportedPhase extends Pick<PhaseRecord, 'name' | 'passed'> {
  /** Unit: s. */
  readonly duration: number;
}

/** What both reports tell, read from the journal alone. */
export interface ReportFacts {
  readonly title: string;
  readonly description: string;
  readonly verdict: string;
  readonly passed: boolean;
  readonly rows: readonly (readonly [name: string, value: string])[];
  readonly failures: readonly string[];
  readonly notes: readonly string[];
  readonly phases: readonly ReportedPhase[];
  readonly steps: readonly StepRecord[];
  readonly stack: readonly string[];
}

/** How a step went, in words: against the healthy service, a confirming step must not pass. */
export function outcomeOf({ on, passed, skipped }: StepRecord): string {
  if (skipped !== null) return 'skipped';
  if (on === 'control') return passed ? 'passes there too' : 'does not pass, as it must';
  return passed ? 'passed' : 'failed';
}

/** Faultline's own part of a journal. */
interface OwnPart {
  readonly result: DrillResult;
  readonly phases: readonly ReportedPhase[];
  readonly steps: readonly StepRecord[];
}

/** Collects the facts of a journal. */
export function collectFacts(journal: Journal): ReportFacts {
  const { result, phases, steps } = ownPart(journal.faultline);
  const { incident, alerts, timings } = result;
  const { title, description } = Object(journal.experiment);
  const culprit = incident?.culprit;
  const ms = (value: number | null) => (value === null ? '–' : `${value} ms`);
  return {
    title: String(title),
    description: String(description).trim(),
    verdict: result.passed ? 'passed' : `not passed (${result.status})`,
    passed: result.passed,
    rows: [
      ['Drill', result.drill],
      ['Started', journal.start],
      ['Duration', `${journal.duration.toFixed(1)} s`],
      ['Seed', String(result.seed)],
      ['Machine', `${journal.platform}, Node.js ${journal.node}`],
      ['Fault', result.fault ? `${result.fault.id} ${JSON.stringify(result.fault.parameters)}` : 'none'],
      ['Incident', incident ? `${incident.kind}: ${incident.title}` : 'none'],
      ['Cause', incident?.cause ?? '–'],
      ['Culprit', culprit ? `${culprit.function} (${culprit.file}:${culprit.line})` : '–'],
      ['Request', incident?.request?.route ?? '–'],
      [
        'Unexpected incidents',
        result.unexpectedIncidents.map(({ title: what }) => what).join('; ') || 'none',
      ],
      ['Alerts', 'skipped' in alerts ? `skipped: ${alerts.skipped}` : alerts.fired.join(', ') || 'none'],
      ['Fault to incident', ms(timings.faultToIncidentMs)],
      ['Fault to first sight over HTTP', ms(timings.faultToVisibleMs)],
      ['Fault to alert', ms(timings.faultToAlertMs)],
      ['Mitigation to recovery', ms(timings.mitigationToRecoveryMs)],
      ['Mitigation to end of alert', ms(timings.mitigationToAlertResolvedMs)],
      ['Runbook', result.runbook?.page ?? '–'],
    ],
    failures: result.failures,
    notes: result.notes,
    phases,
    steps,
    stack: culprit?.stack ?? [],
  };
}

/** The journal was written by this version of the runner, so its own part has this shape. */
function ownPart(part: Json): OwnPart {
  return JSON.parse(JSON.stringify(part));
}
