import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FakePlan } from './fake-plan.js';
import type { FakeRoot } from './fake-root.js';
import { fakeEnvironment } from './run-fake.js';

const cliFile = fileURLToPath(new URL('./fake-cli.js', import.meta.url));

/** How a command ended. */
export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliEnd>;
  /** Resolves when stderr holds the text. */
  untilStderr(text: string): Promise<void>;
}

/** Starts the command line in a process of its own. */
export function startCli(root: FakeRoot, args: readonly string[], plan: Partial<FakePlan> = {}): RunningCli {
  const child = spawn(process.execPath, [cliFile, root.path, ...args], {
    env: fakeEnvironment(root, plan),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Map<string, () => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    for (const [text, resolve] of waiting) if (stderr.includes(text)) resolve();
  });
  const ended = new Promise<CliEnd>((resolve) => {
    child.on('close', (code) => {
      for (const done of waiting.values()) done();
      resolve({ code, stdout, stderr });
    });
  });
  return {
    child,
    ended,
    untilStderr: (text) =>
      new Promise((resolve) => {
        waiting.set(text, resolve);
        if (stderr.includes(text)) resolve();
      }),
  };
}
