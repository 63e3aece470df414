import { isAbsolute, join, relative } from 'node:path';
import { describeDrill } from '../drill/dry-run.js';
import { DrillError } from '../drill/errors.js';
import { listDrills, loadDrill } from '../drill/format/load.js';
import { makeMatrix, printMatrix } from '../drill/matrix.js';
import { checkBeforeStart } from '../drill/preflight.js';
import { createProgress } from '../drill/progress.js';
import type { DrillResult } from '../drill/result.js';
import { runDrill } from '../drill/run.js';
import type { RunOptions } from '../drill/run-options.js';
import { checkRunbooks } from '../drill/runbook/check.js';
import { summarize } from '../drill/summary.js';
import type { Environment } from '../safeguards.js';
import { type Command, helpText, parseCommand, type RunFlags } from './arguments.js';
import { listenForInterrupt } from './interrupt.js';
import { runProxy } from './proxy.js';

/** What the command line works with. */
export interface CliOptions {
  readonly args: readonly string[];
  /** The repository. */
  readonly root: string;
  /** Folder of the drill files. */
  readonly drills: string;
  readonly demoEntry: string;
  readonly environment: Environment;
  stdout(text: string): void;
  stderr(text: string): void;
}

/** Runs one command and answers the exit code: 0 passed, 1 not passed, 2 wrong usage, 128 + n after a signal. */
export async function runCli(options: CliOptions): Promise<number> {
  try {
    return await runCommand(parseCommand(options.args), options);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    options.stderr(`${message}\n`);
    const isUsage = thrown instanceof DrillError && ['usage', 'drill-unknown'].includes(thrown.code);
    return isUsage ? 2 : 1;
  }
}

async function runCommand(command: Command, options: CliOptions): Promise<number> {
  switch (command.name) {
    case 'help':
      options.stdout(helpText);
      return 0;
    case 'list':
      return listCommand(command.json, options);
    case 'check-runbooks':
      return checkCommand(command.json, options);
    case 'run':
      return command.dryRun ? dryRunCommand(command, options) : runOneCommand(command, options);
    case 'proxy':
      return proxyCommand(command, options);
    case 'matrix':
      return matrixCommand(command, options);
  }
}

async function listCommand(json: boolean, { drills, root, stdout }: CliOptions): Promise<number> {
  const ids = await listDrills(drills);
  const rows = await Promise.all(
    ids.map(async (id) => {
      const { title, drill } = await loadDrill(drills, id, root);
      return { id, title, fault: drill.fault, incident: drill.expect?.incident ?? null };
    }),
  );
  const width = Math.max(0, ...ids.map((id) => id.length));
  stdout(json ? print(rows) : rows.map(({ id, title }) => `${id.padEnd(width)}  ${title}\n`).join(''));
  return 0;
}

async function checkCommand(
  json: boolean,
  { root, environment, stdout, stderr }: CliOptions,
): Promise<number> {
  const { pages, problems } = checkRunbooks(root, environment.PATH ?? '');
  if (json) stdout(print({ passed: problems.length === 0, pages, problems }));
  else {
    for (const problem of problems) stderr(`${problem}\n`);
    stdout(`${pages.length} runbook pages checked, ${problems.length} problems\n`);
  }
  return problems.length === 0 ? 0 : 1;
}

async function dryRunCommand(
  { drill, target, json }: Extract<Command, { name: 'run' }>,
  { drills, root, environment, stdout }: CliOptions,
): Promise<number> {
  const experiment = await loadDrill(drills, drill, root);
  const page = await checkBeforeStart(experiment, root, environment);
  const plan = describeDrill(experiment, page, target);
  stdout(json ? print({ drill, plan }) : plan.map((line, index) => `${index + 1}. ${line}\n`).join(''));
  return 0;
}

async function runOneCommand(
  command: Extract<Command, { name: 'run' }>,
  options: CliOptions,
): Promise<number> {
  const experiment = await loadDrill(options.drills, command.drill, options.root);
  return withInterrupt(options, async (signal) => {
    const result = await runDrill(experiment, runOptions(command, options, signal));
    options.stdout(
      command.json ? print(shown(result, options.root)) : summarize(shown(result, options.root)),
    );
    return result.passed;
  });
}

async function proxyCommand(
  command: Extract<Command, { name: 'proxy' }>,
  { environment, stderr }: CliOptions,
): Promise<number> {
  const interrupt = listenForInterrupt((name) => stderr(`${name}: closing …\n`));
  try {
    await runProxy(command, environment, (line) => stderr(`${line}\n`), interrupt.signal);
    return interrupt.exitCode() ?? 1;
  } finally {
    interrupt.close();
  }
}

async function matrixCommand(
  command: Extract<Command, { name: 'matrix' }>,
  options: CliOptions,
): Promise<number> {
  const ids = await listDrills(options.drills);
  const experiments = await Promise.all(ids.map((id) => loadDrill(options.drills, id, options.root)));
  return withInterrupt(options, async (signal) => {
    const results: DrillResult[] = [];
    for (const experiment of experiments) {
      if (signal.aborted) break;
      options.stderr(`${experiment.id}: ${experiment.title}\n`);
      results.push(shown(await runDrill(experiment, runOptions(command, options, signal)), options.root));
    }
    const expected = new Map(experiments.map(({ id, drill }) => [id, drill.expect?.incident ?? null]));
    const matrix = makeMatrix(results, expected);
    const failures = results.filter((result) => !result.passed).map(summarize);
    options.stdout(command.json ? print(matrix) : [printMatrix(matrix), ...failures].join('\n'));
    return matrix.passed && results.length === experiments.length;
  });
}

async function withInterrupt(
  { stderr }: CliOptions,
  run: (signal: AbortSignal) => Promise<boolean>,
): Promise<number> {
  const interrupt = listenForInterrupt((name) => stderr(`${name}: taking everything back …\n`));
  try {
    const passed = await run(interrupt.signal);
    return interrupt.exitCode() ?? (passed ? 0 : 1);
  } finally {
    interrupt.close();
  }
}

function runOptions(flags: RunFlags, options: CliOptions, signal: AbortSignal): RunOptions {
  const { root } = options;
  const folder = flags.journal ?? 'journals';
  return {
    root,
    seed: flags.seed,
    targetUrl: flags.target,
    demoEntry: options.demoEntry,
    prometheus: flags.prometheus,
    journals: isAbsolute(folder) ? folder : join(flags.journal === null ? root : process.cwd(), folder),
    environment: options.environment,
    progress: createProgress((line) => options.stderr(`${line}\n`)),
    signal,
  };
}

/** Paths below the repository are shown relative to it. */
function shown(result: DrillResult, root: string): DrillResult {
  const { journal } = result;
  const isInside = journal?.startsWith(`${root}/`);
  return { ...result, journal: journal !== null && isInside ? relative(root, journal) : journal };
}

const print = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
