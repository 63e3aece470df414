import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MaybeAlerting } from './alerts/alerting.js';
import { startAlerting } from './alerts/start.js';
import { createAgentClient } from './clients/agent.js';
import { DrillError } from './errors.js';
import type { Experiment } from './experiment.js';
import { startGuard } from './guard.js';
import type { DrillContext } from './phases/context.js';
import type { DrillRecord } from './record.js';
import type { Redactor } from './redact.js';
import type { RunOptions } from './run-options.js';
import type { Page } from './runbook/page.js';
import { stepPath } from './runbook/step-path.js';
import { resolveSettings } from './settings/resolve.js';
import { startDemoTarget } from './target/demo.js';
import { assertAnswers, useGivenTarget } from './target/given.js';
import { lockTarget } from './target/lock.js';
import { type Target, targetEnvironment } from './target/target.js';
import type { UndoStack } from './undo.js';

/** What a drill is set up with. */
export interface SetUpOptions {
  readonly experiment: Experiment;
  readonly run: RunOptions;
  readonly page: Page | null;
  readonly record: DrillRecord;
  readonly redactor: Redactor;
  readonly undo: UndoStack;
  /** Ends the drill at once. */
  readonly ending: AbortController;
  readonly signal: AbortSignal;
}

/** Starts everything that the drill needs: target, lock, alerting, guard. Whatever was started is on the undo stack,
 *  also when something later fails. */
export async function setUp(options: SetUpOptions): Promise<DrillContext> {
  const { experiment, run, page, record, undo, ending, signal } = options;
  const directory = await mkdtemp(join(tmpdir(), 'faultline-drill-'));
  undo.push('temporary files', async () => {
    await rm(directory, { recursive: true, force: true });
    return null;
  });
  const target = await provideTarget(options, directory);
  const stop = (reason: DrillError) => ending.abort(reason);
  target.onLost((reason) => stop(new DrillError('stopped', `stop condition: the target is lost: ${reason}`)));
  const alerting = await provideAlerting(options, target, directory);

  const environment = stepEnvironment(run, target, alerting);
  const settings = resolveSettings(experiment.settings, { ...run.environment, ...targetEnvironment(target) });
  for (const group of Object.values(settings.secrets)) {
    for (const value of Object.values(group)) options.redactor.add(String(value));
  }
  const activities = { settings, cwd: run.root, environment, signal };
  const agent = createAgentClient(target.addresses.faultline, target.tokens.faultline);
  const guard = startGuard({
    agent,
    safetyLever: run.environment.FAULTLINE_SAFETY_LEVER?.trim() || null,
    stopConditions: experiment.drill.stopConditions,
    activities,
    onStop: stop,
  });
  undo.push('guard', async () => {
    await guard.close();
    return null;
  });
  return {
    experiment,
    root: run.root,
    runId: `${experiment.id}-${randomBytes(6).toString('hex')}`,
    target,
    agent,
    alerting,
    page,
    progress: run.progress,
    record,
    signal,
    activities,
    steps: {
      cwd: run.root,
      environment,
      query: 'skipped' in alerting ? null : alerting.query,
      promqlSkipped: 'skipped' in alerting ? alerting.skipped : '',
      signal,
    },
  };
}

async function provideTarget(
  { experiment, run, redactor, undo, signal }: SetUpOptions,
  directory: string,
): Promise<Target> {
  let target: Target;
  if (run.targetUrl !== null) {
    target = useGivenTarget(run.targetUrl, run.environment);
    await assertAnswers(target, signal);
  } else {
    run.progress.doing('starting the demo');
    const agentDirectory = join(directory, 'agent');
    await mkdir(agentDirectory, { mode: 0o700 });
    target = await startDemoTarget({
      entry: run.demoEntry,
      root: run.root,
      load: experiment.drill.load,
      behindProxy: experiment.drill.behindProxy,
      heapMb: experiment.drill.heapMb,
      containerMb: experiment.drill.containerMb,
      descriptors: experiment.drill.descriptors,
      seed: run.seed,
      directory: agentDirectory,
      environment: run.environment,
      signal,
    });
  }
  undo.push('the demo', () => target.close());
  for (const token of Object.values(target.tokens)) redactor.add(token);
  const lock = lockTarget(target.name);
  undo.push('lock', async () => {
    lock.release();
    return null;
  });
  run.progress.passed(`the target answers: ${target.addresses.app}, agent at ${target.addresses.faultline}`);
  return target;
}

async function provideAlerting(
  { run, undo, signal }: SetUpOptions,
  target: Target,
  directory: string,
): Promise<MaybeAlerting> {
  const alerting = await startAlerting({
    root: run.root,
    directory: join(directory, 'alerting'),
    faultlineUrl: target.addresses.faultline,
    wanted: run.prometheus,
    environment: run.environment,
    signal,
  });
  if ('skipped' in alerting) run.progress.skipped(`alerts are not checked: ${alerting.skipped}`);
  else {
    undo.push('Prometheus and Alertmanager', async () => {
      await alerting.close();
      return null;
    });
    run.progress.passed(`Prometheus runs at ${alerting.prometheusUrl}`);
  }
  return alerting;
}

/** What commands of runbook pages and drill files find in their environment. The token of the chaos controls is not
 *  among it: whoever is on call has none. */
function stepEnvironment(run: RunOptions, target: Target, alerting: MaybeAlerting): NodeJS.ProcessEnv {
  const { FAULTLINE_CHAOS_TOKEN: _, ...environment } = { ...run.environment, ...targetEnvironment(target) };
  return {
    ...environment,
    PATH: stepPath(run.root, run.environment.PATH ?? ''),
    ...('skipped' in alerting ? {} : { PROMETHEUS_URL: alerting.prometheusUrl }),
  };
}
