import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Discovery } from '../../src/protocol/discovery.js';
import { makeDirectory, removeDirectory } from './temporary-directory.js';
import { until } from './wait.js';

/** Compiled files of the agent, and the packages that programs may import. */
export const registerUrl = new URL('../../src/register.js', import.meta.url).href;
export const indexUrl = new URL('../../src/index.js', import.meta.url).href;
const packages = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

export interface ChildOptions {
  /** Text of the program. */
  readonly program: string;
  /** File name of the program; its ending says whether it is an ES module. */
  readonly name?: string;
  /** Further files beside the program. */
  readonly files?: Readonly<Record<string, string>>;
  /** Flags before the program; the default loads the agent. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** FAULTLINE_DIR, where several processes of one service share it; its own one otherwise. */
  readonly faultlineDirectory?: string;
  /** Words before the command, for what must be arranged around the process. */
  readonly wrap?: readonly string[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a process of its own, with directories of its own. */
export interface Child {
  readonly pid: number;
  /** Where the program lies and runs. */
  readonly directory: string;
  readonly faultlineDirectory: string;
  stdout(): string;
  stderr(): string;
  /** Resolves when the process has ended and its output is complete. */
  readonly exit: Promise<Exit>;
  /** Address of the agent's server, from the discovery file. */
  url(): Promise<string>;
  /** The first group of a pattern, once the program has printed it. */
  printed(pattern: RegExp): Promise<string>;
  /** Stops reading what the process writes, as a collector that hangs, or goes on with it. */
  hold(stream: 'stdout' | 'stderr'): void;
  release(stream: 'stdout' | 'stderr'): void;
  kill(signal: NodeJS.Signals): void;
}

export const withAgent: readonly string[] = ['--import', registerUrl];

/** Starts a program. Whatever happens, it is dead and its directory gone when the test ends. */
export function startChild(t: TestContext, options: ChildOptions): Child {
  const { program, name = 'program.mjs', files = {}, flags = withAgent, env = {}, wrap = [] } = options;
  const directory = makeDirectory();
  const faultlineDirectory = options.faultlineDirectory ?? join(directory, 'faultline');
  symlinkSync(packages, join(directory, 'node_modules'));
  for (const [file, text] of Object.entries({ ...files, [name]: program })) {
    writeFileSync(join(directory, file), text);
  }
  const [command, ...words] = [...wrap, process.execPath, ...flags, join(directory, name)];
  const child = spawn(command!, words, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      FAULTLINE_DIR: faultlineDirectory,
      FAULTLINE_PORT: '0',
      FAULTLINE_STARTUP_GRACE_MS: '0',
      ...env,
    },
  });
  t.after(async () => {
    await end(child);
    removeDirectory(directory);
  });
  return observe(child, directory, faultlineDirectory, options.faultlineDirectory !== undefined);
}

/** Runs a program to its end. */
export const runChild = (t: TestContext, options: ChildOptions): Promise<Exit> => startChild(t, options).exit;

function observe(
  child: ChildProcess,
  directory: string,
  faultlineDirectory: string,
  isShared: boolean,
): Child {
  const texts = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  let ended = false;
  const exit = once(child, 'close').then(([code, signal]): Exit => {
    ended = true;
    return { code, signal, ...texts };
  });
  const alive = <Value>(value: Value): Value => {
    if (ended) throw new Error(`The program has ended: ${texts.stdout}${texts.stderr}`);
    return value;
  };
  return {
    pid: child.pid!,
    directory,
    faultlineDirectory,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    exit,
    url: () => until('the agent listens', () => alive(readUrl(faultlineDirectory, child.pid!, isShared))),
    printed: (pattern) =>
      until(`the program prints ${pattern}`, () => pattern.exec(texts.stdout)?.[1] ?? alive(null)),
    hold: (stream) => void child[stream]!.pause(),
    release: (stream) => void child[stream]!.resume(),
    kill: (signal) => void child.kill(signal),
  };
}

/** The address of the main thread's agent, or of the first one where that has none. In a directory that is shared, the
 *  first one may be another process's. */
function readUrl(faultlineDirectory: string, pid: number, isShared: boolean): string | null {
  try {
    const folder = join(faultlineDirectory, 'discovery');
    const files = readdirSync(folder);
    const file = files.find((name) => name === `${pid}.json`) ?? (isShared ? `${pid}.json` : files[0]);
    return (JSON.parse(readFileSync(join(folder, file!), 'utf8')) as Discovery).url;
  } catch {
    // Not there yet, or only half written.
    return null;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** The agent's own log lines; every other line of stderr is the program's or Node's. */
export function agentLines(stderr: string): Record<string, unknown>[] {
  return stderr.split('\n').flatMap((line) => {
    if (!line.includes('"name":"faultline"')) return [];
    return [JSON.parse(line) as Record<string, unknown>];
  });
}
