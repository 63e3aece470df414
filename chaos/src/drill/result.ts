import type { Incident } from '@faultline/agent';
import type { MaybeAlerting } from './alerts/alerting.js';
import type { Experiment } from './experiment.js';
import type { JournalStatus } from './journal/journal.js';
import type { DrillRecord, Timings } from './record.js';

/** One executed step of the page. A step that ran against the healthy service says so in `control`. */
export type StepResult =
  | { readonly name: string; readonly passed: boolean }
  | { readonly name: string; readonly skipped: string };

/** What `--json` prints. */
export interface DrillResult {
  readonly drill: string;
  readonly passed: boolean;
  readonly status: JournalStatus;
  readonly seed: number;
  /** Null in a control. */
  readonly fault: { readonly id: string; readonly parameters: Readonly<Record<string, number>> } | null;
  readonly timings: Readonly<Timings>;
  readonly incident: Incident | null;
  readonly unexpectedIncidents: readonly Incident[];
  readonly alerts:
    | { readonly fired: readonly string[]; readonly unexpected: readonly string[] }
    | { readonly skipped: string };
  /** Null for a drill without a page. `control` names the steps that ran against the healthy service, where
   *  passing is wrong. */
  readonly runbook: {
    readonly page: string;
    readonly steps: readonly StepResult[];
    readonly control: readonly StepResult[];
  } | null;
  /** Why the drill did not pass; empty when it did. */
  readonly failures: readonly string[];
  readonly notes: readonly string[];
  /** Path of the journal; null when it could not be written. */
  readonly journal: string | null;
}

/** Makes the result out of everything that was seen. */
export function makeResult(
  experiment: Experiment,
  record: DrillRecord,
  rest: {
    readonly seed: number;
    readonly status: JournalStatus;
    readonly alerting: MaybeAlerting;
    readonly journal: string | null;
  },
): DrillResult {
  const { fault, runbook, parameters } = experiment.drill;
  return {
    drill: experiment.id,
    passed: rest.status === 'completed' && record.failures.length === 0,
    status: rest.status,
    seed: rest.seed,
    fault: fault === null ? null : { id: fault, parameters: record.lease?.parameters ?? parameters },
    timings: { ...record.timings },
    incident: record.incident,
    unexpectedIncidents: [...record.unexpectedIncidents.values()],
    alerts:
      'skipped' in rest.alerting
        ? { skipped: rest.alerting.skipped }
        : { fired: [...record.firedAlerts], unexpected: [...record.unexpectedAlerts] },
    runbook:
      runbook === null
        ? null
        : {
            page: runbook,
            steps: stepResults(record, ['fault', 'undo']),
            control: stepResults(record, ['control']),
          },
    failures: [...record.failures],
    notes: [...record.notes],
    journal: rest.journal,
  };
}

function stepResults({ steps }: DrillRecord, on: readonly string[]): readonly StepResult[] {
  return steps
    .filter((step) => on.includes(step.on))
    .map(({ name, passed, skipped }) =>
      skipped === null ? { name, passed: passed === true } : { name, skipped },
    );
}
