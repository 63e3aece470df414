import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDeadline } from '../../deadline.js';
import { Failure } from '../../failure.js';
import type { RunAs } from './user.js';

/** One run of a PostgreSQL program. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly user: RunAs | null;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** How much of a program's messages is kept for an error. Unit: characters. */
const tailLength = 2_000;

/** Runs a program to its end. Throws a Failure with its last words when it fails or takes too long. */
export async function runCommand({ file, args, user, limitMs, signal }: Command): Promise<void> {
  const child = spawn(file, args, {
    ...user,
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const tail = collectTail(child);
  const name = basename(file);
  const ended = endOf(child);
  const deadline = startDeadline(limitMs, signal);
  const onAbort = () => void child.kill('SIGTERM');
  deadline.signal.addEventListener('abort', onAbort);
  if (deadline.signal.aborted) onAbort();
  try {
    const end = await ended;
    if (deadline.signal.aborted) throw failure(`${name} was stopped`, tail());
    if (end !== 'exit code 0') throw failure(`${name} failed (${end})`, tail());
  } finally {
    deadline.end();
  }
}

/** Waits until a server says that it is ready. Throws a Failure when it ends, is aborted or takes too long. */
export async function waitForText(
  child: ChildProcess,
  text: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const tail = collectTail(child);
  const deadline = startDeadline(limitMs, signal);
  const ready = new Promise<'ready'>((resolve) => {
    child.stderr?.on('data', () => {
      if (tail().includes(text)) resolve('ready');
    });
  });
  const aborted = new Promise<'aborted'>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  const outcome = deadline.signal.aborted ? 'aborted' : await Promise.race([ready, aborted, endOf(child)]);
  deadline.end();
  if (outcome === 'ready') return;
  if (outcome === 'aborted') throw failure('PostgreSQL was stopped before it was ready', tail());
  throw failure(`PostgreSQL did not start (${outcome})`, tail());
}

/** Asks a process to end and waits; past the limit it is killed. */
export async function stopProcess(
  child: ChildProcess,
  first: NodeJS.Signals,
  limitMs: number,
): Promise<void> {
  const ended = endOf(child);
  for (const signal of [first, 'SIGQUIT', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([ended, delay(limitMs, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }
}

/** Fulfilled with words about the end, also when the program could not be started at all. */
function endOf(child: ChildProcess): Promise<string> {
  if (child.exitCode !== null) return Promise.resolve(`exit code ${child.exitCode}`);
  if (child.signalCode !== null) return Promise.resolve(`signal ${child.signalCode}`);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  });
}

function collectTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-tailLength);
  });
  return () => tail;
}

function failure(what: string, tail: string): Failure {
  const words = tail.trim().split('\n').slice(-5).join(' | ');
  return new Failure('ERR_DEMO_POSTGRES', `${what}${words === '' ? '' : `: ${words}`}`);
}
