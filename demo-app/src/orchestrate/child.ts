import { type ChildProcess, fork } from 'node:child_process';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Failure } from '../failure.js';
import { createStdoutReader } from './stdout-reader.js';

/** Root of the repository: the children's working directory, so that source files show as `demo-app/src/…`. */
export const repositoryRoot: string = fileURLToPath(new URL('../../../../', import.meta.url));

/** How to start one process of the demo. */
export interface ChildOptions<Ready> {
  /** As people should read it: `API`, `PostgreSQL`. */
  readonly name: string;
  /** Path of the compiled entry below dist/src. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** A command that ends by becoming the process, for what must be arranged around it. */
  readonly before?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** What the process says when it is ready. */
  readonly ready: z.ZodType<Ready>;
  /** Anything else that it says. */
  readonly onMessage?: (message: unknown) => void;
  /** Called when it has ended. Never throws. */
  readonly onExit?: () => void;
  /** Output of the process, as it comes. Without it the output is thrown away. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** One process of the demo. */
export interface Child<Ready> {
  readonly name: string;
  readonly pid: number;
  /** Rejects with a Failure when the process says so, ends too early, or needs too long. */
  readonly ready: Promise<Ready>;
  /** How it ended, such as `exit code 1`. */
  readonly exited: Promise<string>;
  /** SIGTERM, and SIGKILL when it has not ended after `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

const startLimitMs = 60_000;
const failedMessage = z.object({ type: z.literal('failed'), message: z.string() });

/** Starts a process with an IPC channel. It leads a group of its own, so that Ctrl-C reaches only the one who
 *  started it, who then stops everything in order. */
export function startChild<Ready>(options: ChildOptions<Ready>): Child<Ready> {
  const output = options.onOutput === undefined ? 'ignore' : 'pipe';
  const process = fork(fileURLToPath(new URL(`../${options.entry}`, import.meta.url)), options.args ?? [], {
    cwd: repositoryRoot,
    detached: true,
    env: options.environment,
    ...programOf(options),
    stdio: ['ignore', output, output, 'ipc'],
  });
  forwardLines(process, options.onOutput ?? (() => {}));
  if (process.stdout !== null) process.on('message', createStdoutReader(process.stdout));
  const exited = new Promise<string>((resolve) => {
    process.once('error', (error) => resolve(error.message));
    process.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  });
  if (options.onExit !== undefined) void exited.then(options.onExit);
  return {
    name: options.name,
    pid: process.pid ?? 0,
    ready: waitForReady(process, options, exited),
    exited,
    async stop(limitMs) {
      if (process.exitCode !== null || process.signalCode !== null) return;
      process.kill('SIGTERM');
      const timer = setTimeout(() => process.kill('SIGKILL'), limitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function programOf({ before = [], execArgv = [] }: ChildOptions<unknown>) {
  const [first, ...rest] = [...before, execPath, ...execArgv];
  return { execPath: first, execArgv: rest };
}

function waitForReady<Ready>(
  process: ChildProcess,
  { name, ready, onMessage }: ChildOptions<Ready>,
  exited: Promise<string>,
): Promise<Ready> {
  const promise = new Promise<Ready>((resolve, reject) => {
    const fail = (message: string) => reject(new Failure('ERR_DEMO_CHILD', message));
    const timer = setTimeout(
      () => fail(`${name} was not ready after ${startLimitMs / 1_000} s.`),
      startLimitMs,
    );
    let isReady = false;
    process.on('message', (message) => {
      if (isReady) return onMessage?.(message);
      const failed = failedMessage.safeParse(message);
      if (failed.success) return fail(failed.data.message);
      const parsed = ready.safeParse(message);
      if (!parsed.success) return;
      isReady = true;
      clearTimeout(timer);
      resolve(parsed.data);
    });
    void exited.then((how) => {
      clearTimeout(timer);
      fail(`${name} ended before it was ready (${how}).`);
    });
  });
  // Whoever waits sees the failure; when the demo is being stopped nobody waits any more.
  promise.catch(() => {});
  return promise;
}

/** A line longer than this is passed on in pieces. Unit: characters. */
const lineLimit = 65_536;

function forwardLines(
  process: ChildProcess,
  onLine: (stream: 'stdout' | 'stderr', line: string) => void,
): void {
  for (const name of ['stdout', 'stderr'] as const) {
    let rest = '';
    process[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > lineLimit) lines.push(rest.slice(0, lineLimit));
      if (rest.length > lineLimit) rest = rest.slice(lineLimit);
      for (const line of lines) onLine(name, line);
    });
    process[name]?.once('end', () => rest !== '' && onLine(name, rest));
  }
}
