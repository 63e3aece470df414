import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '../../src/orchestrate/child.js';
import { eventually } from './process.js';

/** A process under test, with everything it has said. */
export interface TestChild {
  readonly process: ChildProcess;
  readonly messages: readonly unknown[];
  stdout(): string;
  stderr(): string;
  /** Exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** The first message of a type. Rejects with the process's last words when it does not come. */
  message(type: string, limitMs?: number): Promise<unknown>;
}

/** How to start it. */
export interface TestChildOptions {
  /** Path of the compiled entry below dist/src. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** Added to this process's own environment. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Starts an entry of the demo as somebody at a terminal would, with an IPC channel. */
export function startTestChild({
  entry,
  args = [],
  execArgv = [],
  environment,
}: TestChildOptions): TestChild {
  const child = fork(fileURLToPath(new URL(`../../src/${entry}`, import.meta.url)), args, {
    cwd: repositoryRoot,
    env: { ...process.env, ...environment },
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const messages: unknown[] = [];
  child.on('message', (message) => void messages.push(message));
  const stdout = collect(child, 'stdout');
  const stderr = collect(child, 'stderr');
  const find = (type: string) =>
    messages.find(
      (message) =>
        typeof message === 'object' && message !== null && 'type' in message && message.type === type,
    );
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    process: child,
    messages,
    stdout,
    stderr,
    exited,
    async message(type, limitMs = 60_000) {
      const isOver = () => find(type) !== undefined || child.exitCode !== null;
      await eventually(isOver, limitMs);
      const found = find(type);
      if (found === undefined) throw new Error(`no message "${type}"; it said: ${stdout()} ${stderr()}`);
      return found;
    },
  };
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = '';
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
