import { runProgram } from '../providers/run-program.js';
import { pauseFor } from '../wait.js';
import { firstMissingLine } from './expectation.js';
import type { Step } from './page.js';

/** Unit: ms. Longest time of one try. */
const stepTimeoutMs = 30_000;
/** Unit: bytes. */
const outputLimitBytes = 256 * 1024;
/** Unit: ms. Pause between two tries of a step that may take a while to come true. */
const retryMs = 1000;

/** What steps run with. */
export interface StepContext {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs a PromQL query; null when there is no Prometheus, and then `promqlSkipped` says why. */
  readonly query: ((promql: string, signal: AbortSignal) => Promise<string>) | null;
  readonly promqlSkipped: string;
  readonly signal: AbortSignal;
}

/** What came of a step. */
export type StepOutcome =
  | { readonly name: string; readonly passed: boolean; readonly because: string; readonly output: string }
  | { readonly name: string; readonly skipped: string };

/** Runs a step; one with `within` again until it passes or the time is over. */
export async function runStep(step: Step, context: StepContext, retry: boolean): Promise<StepOutcome> {
  if (step.language === 'promql' && context.query === null) {
    return { name: step.name, skipped: context.promqlSkipped };
  }
  const endsAt = performance.now() + (retry ? step.within * 1000 : 0);
  for (;;) {
    const outcome = await tryStep(step, context);
    context.signal.throwIfAborted();
    if (outcome.passed || performance.now() >= endsAt) return outcome;
    await pauseFor(retryMs, context.signal);
  }
}

async function tryStep(step: Step, context: StepContext): Promise<Extract<StepOutcome, { passed: boolean }>> {
  const { name, expected } = step;
  let output = '';
  try {
    const result = step.language === 'sh' ? await runShell(step, context) : await runQuery(step, context);
    output = result.output;
    if (result.complaint !== null) return { name, passed: false, because: result.complaint, output };
    const missing = firstMissingLine(expected, output);
    if (missing === null) return { name, passed: true, because: 'the output is as the page says', output };
    return { name, passed: false, because: `this line is missing in the output: ${missing}`, output };
  } catch (thrown) {
    context.signal.throwIfAborted();
    const because = thrown instanceof Error ? thrown.message : String(thrown);
    return { name, passed: false, because, output };
  }
}

interface RawResult {
  readonly output: string;
  /** Why the step failed whatever it printed; null when it ended well. */
  readonly complaint: string | null;
}

async function runShell(step: Step, { cwd, environment, signal }: StepContext): Promise<RawResult> {
  const { status, stdout, stderr, killed } = await runProgram({
    path: 'sh',
    arguments: ['-eu', '-c', step.script],
    cwd,
    environment,
    timeoutMs: stepTimeoutMs,
    outputLimitBytes,
    signal,
  });
  const output = stderr.trim() === '' ? stdout : `${stdout}\n${stderr}`;
  if (killed !== null) return { output, complaint: `the step was killed: ${killed}` };
  return { output, complaint: status === 0 ? null : `the step ended with exit code ${status}` };
}

async function runQuery(step: Step, { query, signal }: StepContext): Promise<RawResult> {
  if (query === null) return { output: '', complaint: 'there is no Prometheus to ask' };
  return { output: await query(step.script.trim(), signal), complaint: null };
}
