import type { MaybeAlerting } from '../alerts/alerting.js';
import type { AgentClient } from '../clients/agent.js';
import { DrillError } from '../errors.js';
import type { Experiment } from '../experiment.js';
import type { Progress } from '../progress.js';
import type { DrillRecord } from '../record.js';
import type { ActivityContext } from '../run-activity.js';
import type { Page } from '../runbook/page.js';
import type { StepContext } from '../runbook/run-step.js';
import type { Target } from '../target/target.js';

/** What the phases of a drill work with. */
export interface DrillContext {
  readonly experiment: Experiment;
  readonly root: string;
  /** Identifies this run towards the chaos controls. */
  readonly runId: string;
  readonly target: Target;
  readonly agent: AgentClient;
  readonly alerting: MaybeAlerting;
  /** Null for a drill without a runbook. */
  readonly page: Page | null;
  readonly progress: Progress;
  readonly record: DrillRecord;
  /** Aborted when the drill must end at once; its reason says why. */
  readonly signal: AbortSignal;
  readonly activities: ActivityContext;
  readonly steps: StepContext;
}

/** Notes a failure. The drill goes on: what comes later may show why. */
export function fail({ record, progress }: DrillContext, reason: string): void {
  record.failures.push(reason);
  progress.failed(reason);
}

/** Runs one part of the drill and notes how it went. False when an expectation was missed; whatever ends the drill
 *  is thrown on. */
export async function runPhase(
  context: DrillContext,
  name: string,
  run: () => Promise<void>,
): Promise<boolean> {
  const { record, signal } = context;
  signal.throwIfAborted();
  const startMs = Date.now();
  const failuresBefore = record.failures.length;
  try {
    await run();
    signal.throwIfAborted();
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof DrillError) || thrown.code !== 'expectation-missed') throw thrown;
    fail(context, thrown.message);
  }
  const passed = record.failures.length === failuresBefore;
  record.phases.push({ name, startMs, endMs: Date.now(), passed });
  return passed;
}
