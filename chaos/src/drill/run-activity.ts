import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity, Json, Provider, Tolerance } from './experiment.js';
import { type ActivityRun, isoWithOffset } from './journal/journal.js';
import { callHttp } from './providers/http.js';
import { callProcess } from './providers/process.js';
import type { ResolvedSettings } from './settings/resolve.js';
import { substitute, variablesFor } from './settings/substitute.js';
import { type Judgement, judge } from './tolerance/judge.js';

/** What activities run with. */
export interface ActivityContext {
  readonly settings: ResolvedSettings;
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** An activity that has run. */
export interface FinishedActivity {
  readonly run: ActivityRun;
  /** True when it did what it should: an action was accepted, a probe's output is tolerated. */
  readonly good: boolean;
  /** Why it was not good, or what it saw. */
  readonly because: string;
}

/** Runs one activity with its pauses. Never throws: what went wrong stands in the result.
 *  Unlike the original, an action that is answered with anything but 2xx, or exits with another code than 0, has
 *  failed: an injection that did not happen must not pass for one that had no effect. */
export async function runActivity(activity: Activity, context: ActivityContext): Promise<FinishedActivity> {
  if (activity.pauses.before > 0) await pause(activity.pauses.before, context.signal);
  const startMs = Date.now();
  const begunAt = performance.now();
  let output: Json = null;
  let judgement: Judgement;
  let exception: readonly string[] | undefined;
  try {
    const variables = variablesFor(context.settings, activity.secrets);
    output = await callProvider(substituted(activity.provider, variables, activity.name), context);
    judgement = await judgeOutput(activity, output, context);
  } catch (thrown) {
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    judgement = { met: false, because: text };
    exception = [text];
  }
  const run: ActivityRun = {
    activity: describe(activity),
    output,
    start: isoWithOffset(startMs),
    end: isoWithOffset(Date.now()),
    duration: (performance.now() - begunAt) / 1000,
    status: exception || (activity.type === 'action' && !judgement.met) ? 'failed' : 'succeeded',
    ...(exception && { exception }),
    ...(activity.tolerance !== null && { tolerance_met: judgement.met }),
  };
  if (activity.pauses.after > 0) await pause(activity.pauses.after, context.signal);
  return { run, good: judgement.met, because: judgement.because };
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  // The end of the drill ends the pause; whoever runs the activities asks the signal afterwards.
  await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
}

function substituted(provider: Provider, variables: ReadonlyMap<string, Json>, where: string): Provider {
  if (provider.type === 'process') {
    return {
      ...provider,
      path: String(substitute(provider.path, variables, where)),
      arguments: provider.arguments.map((word) => String(substitute<Json>(word, variables, where))),
    };
  }
  const headers = Object.entries(provider.headers).map(
    ([name, text]) => [name, String(substitute<Json>(text, variables, where))] as const,
  );
  return {
    ...provider,
    url: String(substitute<Json>(provider.url, variables, where)),
    headers: Object.fromEntries(headers),
    arguments: substitute(provider.arguments, variables, where),
  };
}

async function callProvider(provider: Provider, context: ActivityContext): Promise<Json> {
  return provider.type === 'http'
    ? await callHttp(provider, context.signal)
    : await callProcess(provider, context, context.signal);
}

async function judgeOutput(activity: Activity, output: Json, context: ActivityContext): Promise<Judgement> {
  if (activity.tolerance !== null) {
    const variables = variablesFor(context.settings, activity.secrets);
    const tolerance = substituteTolerance(activity.tolerance, variables, activity.name);
    return judge(tolerance, output, async (side) => {
      const sideOutput = await callProvider(substituted(side.provider, variables, side.name), context);
      return accepted(side.provider, sideOutput).met;
    });
  }
  // A probe without tolerance only looks.
  return activity.type === 'probe' ? { met: true, because: 'seen' } : accepted(activity.provider, output);
}

function substituteTolerance(
  tolerance: Tolerance,
  variables: ReadonlyMap<string, Json>,
  where: string,
): Tolerance {
  if (typeof tolerance === 'string') return String(substitute<Json>(tolerance, variables, where));
  if (typeof tolerance !== 'object' || !('type' in tolerance)) return tolerance;
  if (tolerance.type === 'regex') {
    return { ...tolerance, pattern: String(substitute<Json>(tolerance.pattern, variables, where)) };
  }
  if (tolerance.type === 'jsonpath' && tolerance.expect !== undefined) {
    return { ...tolerance, expect: substitute(tolerance.expect, variables, where) };
  }
  return tolerance;
}

function accepted(provider: Provider, output: Json): Judgement {
  const status = typeof output === 'object' && output !== null && 'status' in output ? output.status : null;
  if (provider.type === 'process') return { met: status === 0, because: `exit code ${status}` };
  const met = typeof status === 'number' && status >= 200 && status < 300;
  return { met, because: `HTTP status ${status}` };
}

function describe(activity: Activity): Json {
  return JSON.parse(JSON.stringify(activity));
}
