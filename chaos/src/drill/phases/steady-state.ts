import type { SteadyState } from '../journal/journal.js';
import { type FinishedActivity, runActivity } from '../run-activity.js';
import { type Look, pauseFor, waitFor } from '../wait.js';
import { type DrillContext, fail } from './context.js';
import { noteUnexpected } from './unexpected.js';

/** Unit: ms. How long the service may take to become steady. */
const steadyWithinMs = 45_000;
/** Unit: ms. Time after its start during which the agent opens no incident, unless its setting says otherwise. */
const startupGraceMs = 5000;
/** Unit: ms. Nothing may fire for so long after that time, before something is broken on purpose. */
const quietMs = 1000;

/** Waits until the steady state holds, and then makes sure that nothing fires. */
export async function requireSteadyState(context: DrillContext): Promise<void> {
  const { experiment, progress, record, alerting, signal, target } = context;
  progress.doing(`waiting for the steady state: ${experiment.hypothesis?.title ?? 'none is given'}`);
  await waitFor({
    what: 'the steady state holds',
    withinMs: steadyWithinMs,
    everyMs: 1000,
    signal,
    async look(): Promise<Look<true>> {
      const { state, complaint } = await probeSteadyState(context);
      record.before = state;
      if (complaint !== null) return { seen: complaint };
      const load = target.load();
      if (load !== null && load.completed === 0)
        return { seen: 'no request of the load has been answered yet' };
      if (!('skipped' in alerting) && !(await alerting.isScraping(signal))) {
        return { seen: 'Prometheus has not scraped the agent yet' };
      }
      return { found: true };
    },
  });
  const grace = Number(context.activities.environment.FAULTLINE_STARTUP_GRACE_MS || startupGraceMs);
  await pauseFor((Number.isFinite(grace) ? grace : startupGraceMs) + quietMs, signal);
  await noteUnexpected(context);
  if (record.failures.length > 0) return;
  progress.passed('the steady state holds and nothing fires');
}

/** Looks at the steady state once more, after everything. */
export async function checkSteadyStateAfter(context: DrillContext): Promise<void> {
  const { state, complaint } = await probeSteadyState(context);
  context.record.after = state;
  if (complaint === null) context.progress.passed('the steady state holds again');
  else fail(context, `the steady state does not hold after the drill: ${complaint}`);
}

async function probeSteadyState(
  context: DrillContext,
): Promise<{ readonly state: SteadyState; readonly complaint: string | null }> {
  const probes: FinishedActivity[] = [];
  for (const probe of context.experiment.hypothesis?.probes ?? []) {
    probes.push(await runActivity(probe, context.activities));
    context.signal.throwIfAborted();
  }
  const bad = probes.find((probe) => !probe.good);
  const state = { steady_state_met: bad === undefined, probes: probes.map((probe) => probe.run) };
  if (!bad) return { state, complaint: null };
  const name = Object(bad.run.activity).name;
  return { state, complaint: `probe "${name}": ${bad.because}` };
}
