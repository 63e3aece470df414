import type { StepRecord } from '../record.js';
import type { Step } from '../runbook/page.js';
import { runStep, type StepContext } from '../runbook/run-step.js';
import { type DrillContext, fail } from './context.js';

/** Steps that look at the fault: everything that neither mitigates nor verifies the recovery. */
const isLiveStep = (step: Step) => step.section !== 'Mitigate' && step.section !== 'Verify recovered';
const isUndo = (step: Step) => step.undoes !== null;

/** Runs the confirming steps against the healthy service, where each of them must fail: one that passes without
 *  the fault proves nothing. */
export async function runOnControl(context: DrillContext): Promise<void> {
  const { page, progress, steps } = context;
  for (const step of page?.steps.filter((one) => one.differs) ?? []) {
    const record = await execute(context, step, 'control', steps, false);
    if (record.skipped !== null) continue;
    if (record.passed) {
      const where = `${page?.file}:${step.line}`;
      fail(
        context,
        `step "${step.name}" (${where}) passes on the healthy service too, so it confirms nothing`,
      );
    } else progress.passed(`step "${step.name}" does not pass on the healthy service`);
  }
}

/** Runs every step that looks at the fault while it is there. */
export async function runOnFault(context: DrillContext): Promise<void> {
  for (const step of context.page?.steps.filter(isLiveStep) ?? []) await expectStep(context, step);
}

/** Runs the mitigations in the order of the page. */
export async function runMitigations(context: DrillContext): Promise<void> {
  const mitigations =
    context.page?.steps.filter((step) => step.section === 'Mitigate' && !isUndo(step)) ?? [];
  for (const step of mitigations) await expectStep(context, step);
}

/** Runs the steps that verify the recovery, each again until it passes or its time is over. */
export async function runVerifications(context: DrillContext): Promise<void> {
  const steps =
    context.page?.steps.filter((step) => step.section === 'Verify recovered' && !isUndo(step)) ?? [];
  for (const step of steps) await expectStep(context, step);
}

/** Takes the mitigations that were tried back, the newest first. `steps` is a context of its own, because this
 *  happens also when the drill has been ended. */
export async function undoMitigations(context: DrillContext, steps: StepContext): Promise<void> {
  const tried = context.record.steps.filter((step) => step.on === 'fault' && step.section === 'Mitigate');
  for (const { name } of tried.reverse()) {
    const undo = context.page?.steps.find((step) => step.undoes === name);
    const isDone = context.record.steps.some((step) => step.on === 'undo' && step.name === undo?.name);
    if (!undo || isDone) continue;
    const record = await execute(context, undo, 'undo', steps, true);
    if (record.passed === false)
      fail(context, `step "${undo.name}" did not undo "${name}": ${record.because}`);
    else context.progress.passed(`step "${undo.name}" took "${name}" back`);
  }
}

async function expectStep(context: DrillContext, step: Step): Promise<void> {
  const record = await execute(context, step, 'fault', context.steps, true);
  if (record.skipped !== null)
    context.progress.skipped(`step "${step.name}" was left out: ${record.skipped}`);
  else if (record.passed) context.progress.passed(`step "${step.name}" shows what the page says`);
  else {
    const where = `${context.page?.file}:${step.line}`;
    fail(
      context,
      `step "${step.name}" (${where}) failed: ${record.because}; it printed: ${tail(record.output)}`,
    );
  }
}

async function execute(
  context: DrillContext,
  step: Step,
  on: StepRecord['on'],
  steps: StepContext,
  retry: boolean,
): Promise<StepRecord> {
  const outcome = await runStep(step, steps, retry);
  const { name, section } = step;
  const record: StepRecord =
    'skipped' in outcome
      ? { name, section, on, passed: null, skipped: outcome.skipped, because: outcome.skipped, output: '' }
      : {
          name,
          section,
          on,
          passed: outcome.passed,
          skipped: null,
          because: outcome.because,
          output: outcome.output,
        };
  context.record.steps.push(record);
  return record;
}

/** Enough of the output to see what is wrong. */
function tail(output: string): string {
  const text = output.trim();
  if (text === '') return 'nothing';
  return JSON.stringify(text.length > 600 ? `…${text.slice(-600)}` : text);
}
