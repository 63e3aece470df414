import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Discovery } from '../src/protocol/discovery.js';
import type { Incident, IncidentList } from '../src/protocol/incident.js';
import { atExit } from './at-exit.js';

const registerUrl = new URL('../src/register.js', import.meta.url).href;
const pollMs = 10;
const outputKept = 64 * 1024;
let subjects = 0;

export interface SubjectOptions {
  /** Path of the Node that runs it. */
  readonly node: string;
  readonly program: string;
  /** Working directory; FAULTLINE_DIR lies in it. */
  readonly directory: string;
  /** What comes before Node on the command line. It must become Node by exec, so that the process is the same. */
  readonly before?: readonly string[];
  /** Given to the program. */
  readonly arguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program in a process of its own with the agent loaded by --import, and the agent's HTTP server. */
export interface Subject {
  readonly pid: number;
  /** The first group of a pattern in what the program printed; throws when it does not come in time. */
  printed(pattern: RegExp, limitMs: number): Promise<string>;
  stderr(): string;
  /** Null while the process runs; else how it ended. */
  ended(): string | null;
  /** Address of the agent's server. */
  readonly url: string;
  incidents(): Promise<readonly Incident[]>;
  isBlocked(): Promise<boolean>;
  kill(signal: NodeJS.Signals): void;
  /** Ends the process, whatever it does, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts a program and waits until its agent serves. Throws when it ends before. */
export async function startSubject(options: SubjectOptions): Promise<Subject> {
  const { node, program, directory, before = [], env = {} } = options;
  subjects += 1;
  const faultlineDirectory = join(directory, `faultline-${process.pid}-${subjects}`);
  const [command = node, ...words] = [...before, node, '--import', registerUrl, program];
  const child = spawn(command, [...words, ...(options.arguments ?? [])], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      FAULTLINE_DIR: faultlineDirectory,
      FAULTLINE_PORT: '0',
      FAULTLINE_STARTUP_GRACE_MS: '0',
      ...env,
    },
  });
  const output = collect(child);
  const forget = atExit(() => child.kill('SIGKILL'));
  const stop = (): Promise<void> => end(child).finally(forget);
  try {
    const url = await within('the agent serves', 60_000, output.ended, () => readUrl(faultlineDirectory));
    return describe(child, url, output, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Output {
  stdout(): string;
  stderr(): string;
  ended(): string | null;
}

function collect(child: ChildProcess): Output {
  const texts = { stdout: '', stderr: '' };
  let how: string | null = null;
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      texts[name] = (texts[name] + text).slice(-outputKept);
    });
  }
  child.once('error', (error) => (how = error.message));
  child.once('exit', (code, signal) => (how = signal ?? `exit code ${code}`));
  return { stdout: () => texts.stdout, stderr: () => texts.stderr, ended: () => how };
}

function describe(child: ChildProcess, url: string, output: Output, stop: () => Promise<void>): Subject {
  const ask = (path: string): Promise<Response> =>
    fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) });
  return {
    pid: child.pid!,
    url,
    printed: (pattern, limitMs) =>
      within(
        `the program prints ${pattern}`,
        limitMs,
        output.ended,
        () => pattern.exec(output.stdout())?.[1],
      ),
    stderr: output.stderr,
    ended: output.ended,
    async incidents() {
      const list = (await (await ask('/incidents')).json()) as IncidentList;
      return list.incidents;
    },
    async isBlocked() {
      const response = await ask('/healthz');
      await response.arrayBuffer();
      return response.status === 503;
    },
    kill: (signal) => void child.kill(signal),
    stop,
  };
}

/** Asks again and again until there is a value. Throws with what it waited for when the time is over or the
 *  process has ended. */
async function within<Value>(
  what: string,
  limitMs: number,
  ended: () => string | null,
  read: () => Value | null | undefined,
): Promise<Value> {
  for (const startMs = performance.now(); ; await sleep(pollMs)) {
    const value = read();
    if (value !== null && value !== undefined) return value;
    const how = ended();
    if (how !== null) throw new Error(`The program ended (${how}) before ${what}`);
    if (performance.now() - startMs > limitMs) throw new Error(`Waited ${limitMs} ms until ${what}`);
  }
}

function readUrl(faultlineDirectory: string): string | null {
  try {
    const folder = join(faultlineDirectory, 'discovery');
    const [file] = readdirSync(folder);
    return (JSON.parse(readFileSync(join(folder, file!), 'utf8')) as Discovery).url;
  } catch {
    // Not there yet, or only half written.
    return null;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
