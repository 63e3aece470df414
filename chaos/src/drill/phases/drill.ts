import type { Expectation } from '../experiment.js';
import type { Undo, UndoStack } from '../undo.js';
import { checkLink, expectAlert, expectAlertResolved } from './alert.js';
import { type DrillContext, runPhase } from './context.js';
import { expectIncident } from './diagnose.js';
import { watchIncidents } from './incident-watch.js';
import { type InjectedFault, injectFault } from './inject.js';
import { runMethod } from './method.js';
import { expectResolved } from './recover.js';
import { prepareRestore, verifyReverted } from './restore.js';
import { runMitigations, runOnControl, runOnFault, runVerifications } from './runbook.js';
import { checkSteadyStateAfter, requireSteadyState } from './steady-state.js';
import { noteUnexpected } from './unexpected.js';
import { watchControl } from './watch-control.js';

/** Runs the parts of a drill in their order. What has failed stands in the record; what ends the drill is thrown. */
export async function runDrillPhases(context: DrillContext, undo: UndoStack): Promise<void> {
  const { experiment } = context;
  const isSteady = await runPhase(context, 'steady state', () => requireSteadyState(context));
  if (!isSteady) return;
  const { fault, expect } = experiment.drill;
  if (fault === null || expect === null) await runControl(context, undo);
  else await runFault(context, undo, fault, expect);
  await runPhase(context, 'steady state after', () => checkSteadyStateAfter(context));
  await runPhase(context, 'nothing unexpected', () => noteUnexpected(context));
}

/** Nothing is broken, so nothing may fire; and no step of a page may confirm anything. */
async function runControl(context: DrillContext, undo: UndoStack): Promise<void> {
  const restore = prepareRestore(context, undo, () => null);
  await runPhase(context, 'confirming steps on the healthy service', () => runOnControl(context));
  await runPhase(context, 'method', async () => {
    const background = await runMethod(context);
    await watchControl(context);
    await background.join();
  });
  await runPhase(context, 'rollbacks', async () => void (await restore()));
}

async function runFault(
  context: DrillContext,
  undo: UndoStack,
  fault: string,
  expect: Expectation,
): Promise<void> {
  await runPhase(context, 'confirming steps on the healthy service', () => runOnControl(context));
  const begun: { fault: InjectedFault | null } = { fault: null };
  const restore = prepareRestore(context, undo, () => begun.fault);
  const endWatch = watchIncidents(context, undo);
  const tookHold = await runPhase(context, 'injection', () =>
    injectFault(context, fault, undo, (injected) => {
      begun.fault = injected;
    }),
  );
  if (tookHold) await diagnoseAndMitigate(context, expect, endWatch);
  await runPhase(context, 'rollbacks', async () => void (await restore()));
  const ended = begun.fault;
  if (ended !== null && tookHold) {
    await runPhase(context, 'fault is gone', () => verifyReverted(context, ended));
  }
}

async function diagnoseAndMitigate(
  context: DrillContext,
  expect: Expectation,
  endWatch: Undo,
): Promise<void> {
  const { alerting, record } = context;
  const isDiagnosed = await runPhase(context, 'incident', async () => {
    await expectIncident(context, expect);
    checkLink(context, `the incident ${expect.incident}`, record.incident?.runbook ?? null);
  });
  await endWatch();
  await runPhase(context, 'method', async () => (await runMethod(context)).join());
  if (!('skipped' in alerting)) {
    await runPhase(context, 'alert', () => expectAlert(context, alerting, expect));
  }
  await runPhase(context, 'runbook on the fault', () => runOnFault(context));
  const isMitigated = await runPhase(context, 'mitigation', () => runMitigations(context));
  const mitigatedAtMs = Date.now();
  // Without a mitigation there is no recovery to wait for.
  if (!isMitigated || context.page === null) return;
  await runPhase(context, 'recovery', () => runVerifications(context));
  if (isDiagnosed || record.incident !== null) {
    await runPhase(context, 'incident resolved', () => expectResolved(context, mitigatedAtMs));
  }
  if ('skipped' in alerting) return;
  await runPhase(context, 'alert resolved', () =>
    expectAlertResolved(context, alerting, expect, mitigatedAtMs),
  );
}
