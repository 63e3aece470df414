import { type ActivityContext, runActivity } from '../run-activity.js';
import type { Undo, UndoStack } from '../undo.js';
import { type Look, pauseFor, waitFor } from '../wait.js';
import { type DrillContext, fail } from './context.js';
import type { InjectedFault } from './inject.js';
import { undoMitigations } from './runbook.js';

/** Unit: ms. How long the revert may take to be verified by the fault's own signal. */
const revertWithinMs = 20_000;

/** Prepares the way back before anything is broken: the fault ends, the rollbacks run, the mitigations are taken
 *  back. It runs once, at its place in the drill or when the drill ends early, and does not stop at a failure. */
export function prepareRestore(
  context: DrillContext,
  undo: UndoStack,
  injected: () => InjectedFault | null,
): Undo {
  return undo.push('restoring the target', async () => {
    // The drill's own signal may be what ended it, so the way back has one of its own; every call is bounded.
    const { signal } = new AbortController();
    const problem = await injected()
      ?.end()
      .catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)));
    if (problem) fail(context, `the fault could not be ended: ${problem}; its lease ends it by itself`);
    await runRollbacks(context, { ...context.activities, signal });
    await undoMitigations(context, { ...context.steps, signal });
    return null;
  });
}

async function runRollbacks(context: DrillContext, activities: ActivityContext): Promise<void> {
  for (const rollback of context.experiment.rollbacks) {
    const { run, good, because } = await runActivity(rollback, activities);
    context.record.rollbacks.push(run);
    if (good) context.progress.passed(`rollback "${rollback.name}"`);
    else fail(context, `rollback "${rollback.name}" failed: ${because}`);
  }
}

/** Proves that the fault is gone: its lease has ended, and under the load that goes on its code runs no more. */
export async function verifyReverted(
  context: DrillContext,
  { controls, leaseId }: InjectedFault,
): Promise<void> {
  const { record, progress, signal, target, experiment } = context;
  const loadBefore = target.load();
  // As long as it takes until the load has called the once faulty code again.
  await pauseFor(experiment.drill.load.exportEvery * 1500 + 1000, signal);
  const lease = await waitFor({
    what: 'the revert of the fault is verified',
    withinMs: revertWithinMs,
    everyMs: 500,
    signal,
    async look(): Promise<Look<Awaited<ReturnType<typeof controls.leases>>['ended'][number]>> {
      const { leases, ended } = await controls.leases();
      if (leases.some((one) => one.id === leaseId)) return { seen: 'its lease still runs' };
      const found = ended.find((one) => one.id === leaseId);
      if (!found) return { seen: 'the controls do not know its lease any more' };
      const { verified, hitsSince, error } = found.revert;
      if (verified !== null) return { found };
      return { seen: error ?? `undecided, with ${hitsSince} runs of the faulty code since its end` };
    },
  });
  record.lease = lease;
  if (lease.ending !== 'stopped') fail(context, `the lease was ${lease.ending} before the drill ended it`);
  if (lease.revert.verified !== true) {
    const why = lease.revert.error ?? `its code ran ${lease.revert.hitsSince} times after its end`;
    fail(context, `the fault is not gone: ${why}`);
    return;
  }
  const loadAfter = target.load();
  if (loadBefore && loadAfter && loadAfter.completed <= loadBefore.completed) {
    fail(context, 'the load has stopped, so nothing proves that the fault is gone');
    return;
  }
  progress.passed('the fault is gone: its code has not run again under the load');
}
