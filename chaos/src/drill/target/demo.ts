import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../safeguards.js';
import { DrillError } from '../errors.js';
import type { DrillLoad } from '../experiment.js';
import { defer } from './deferred.js';
import { type DemoReady, readDemoMessage } from './demo-messages.js';
import type { LoadState, Target } from './target.js';

/** Unit: ms. The demo initialises a database, which takes its time on a small machine. */
const readyMs = 90_000;
/** Unit: ms. Longer than the demo gives its own parts. */
const stopMs = 45_000;
/** Unit: characters. Output of the demo that is kept to explain a failure. */
const outputKept = 4000;

/** How the demo is started for a drill. */
export interface DemoOptions {
  /** Compiled entry of the demo. */
  readonly entry: string;
  readonly root: string;
  readonly load: DrillLoad;
  /** Parts of the demo that stand behind the TCP proxy. */
  readonly behindProxy: readonly string[];
  /** Size of the API's heap in MB; null leaves it to Node. */
  readonly heapMb: number | null;
  /** What the API may use of memory in all, in MB; null leaves it free. */
  readonly containerMb: number | null;
  /** How many files and sockets the API may have open; null leaves it to the system. */
  readonly descriptors: number | null;
  readonly seed: number;
  /** The agent's files go here. */
  readonly directory: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Starts the whole demo on free ports, in a process group of its own: Ctrl-C at the terminal must reach the drill
 *  first, which undoes its fault before the demo goes.
 *  @throws DrillError `target-lost` when it does not start. */
export async function startDemoTarget(options: DemoOptions): Promise<Target> {
  const { entry, root, load, behindProxy, heapMb, containerMb, descriptors, seed, environment, signal } =
    options;
  if (!existsSync(entry)) {
    throw new DrillError('target-lost', `${entry} does not exist: run npm run build, or give a --target`);
  }
  const flags = {
    rate: load.rate,
    'export-every': load.exportEvery,
    ...(load.slowReaders > 0 && { 'slow-readers': load.slowReaders }),
    seed,
    port: 0,
  };
  const child = fork(
    entry,
    [
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]),
      ...(heapMb === null ? [] : ['--heap-mb', `${heapMb}`]),
      ...(containerMb === null ? [] : ['--container-mb', `${containerMb}`]),
      ...(descriptors === null ? [] : ['--descriptors', `${descriptors}`]),
      ...behindProxy.flatMap((part) => ['--behind-proxy', part]),
      '--quiet',
    ],
    {
      cwd: root,
      env: { ...environment, FAULTLINE_PORT: '0', FAULTLINE_DIR: options.directory },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  );
  const state = watchChild(child);
  try {
    const ready = await state.untilReady(signal);
    return {
      name: ready.addresses.app,
      addresses: ready.addresses,
      tokens: { ...ready.tokens, faultline: environment.FAULTLINE_TOKEN ?? null },
      load: state.load,
      onLost: state.onLost,
      close: () => stopDemo(child, ready.pids, state),
    };
  } catch (cause) {
    await stopDemo(child, [], state);
    throw cause;
  }
}

interface ChildState {
  untilReady(signal: AbortSignal): Promise<DemoReady>;
  load(): LoadState | null;
  onLost(listener: (reason: string) => void): void;
  /** From now on its end is wanted. */
  expectEnd(): void;
  ended: Promise<number | null>;
}

function watchChild(child: ChildProcess): ChildState {
  let load: LoadState | null = null;
  let output = '';
  let isEndExpected = false;
  let lostReason: string | null = null;
  const listeners: ((reason: string) => void)[] = [];
  const ready = defer<DemoReady>();

  const lost = (reason: string) => {
    ready.reject(new DrillError('target-lost', reason));
    if (isEndExpected || lostReason !== null) return;
    lostReason = reason;
    for (const listener of listeners) listener(reason);
  };
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-outputKept);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('message', (raw) => {
    const message = readDemoMessage(raw);
    if (message?.type === 'load') load = message.load;
    else if (message?.type === 'ready') ready.resolve(message.ready);
    else if (message?.type === 'failed') lost(`the demo failed: ${message.message}`);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (cause) => lost(`the demo cannot be run: ${cause.message}`));
    child.on('exit', (code) => {
      const said =
        output.trim() === '' ? '' : `; it said: ${output.trim().split('\n').slice(-5).join(' | ')}`;
      lost(`the demo ended with ${code === null ? 'a signal' : `exit code ${code}`}${said}`);
      resolve(code);
    });
  });
  return {
    untilReady: (signal) => within(ready.promise, readyMs, 'the demo did not become ready', signal),
    load: () => load,
    onLost(listener) {
      listeners.push(listener);
      if (lostReason !== null) listener(lostReason);
    },
    expectEnd() {
      isEndExpected = true;
    },
    ended,
  };
}

async function stopDemo(
  child: ChildProcess,
  pids: readonly number[],
  state: ChildState,
): Promise<string | null> {
  state.expectEnd();
  const isRunning = child.exitCode === null && child.signalCode === null;
  // The callback takes the error of a channel that closes just now.
  if (isRunning && child.connected) child.send({ type: 'stop' }, () => {});
  else if (isRunning) child.kill('SIGTERM');
  const code = await Promise.race([state.ended, sleep(stopMs, 'late' as const, { ref: false })]);
  if (code === 'late') {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    return `the demo did not stop within ${stopMs / 1000} s and was killed`;
  }
  for (let tries = 0; tries < 30 && pids.some(isAlive); tries += 1) await sleep(100);
  const left = pids.filter(isAlive);
  if (left.length > 0) return `processes of the demo are still there: ${left.join(', ')}`;
  return code === 0 ? null : `the demo ended with exit code ${code}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function within<T>(promise: Promise<T>, ms: number, what: string, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const late = sleep(ms, 'late' as const, { signal: stop }).catch(() => 'late' as const);
  try {
    const first = await Promise.race([promise.then((value) => ({ value })), late]);
    if (first !== 'late') return first.value;
    signal.throwIfAborted();
    throw new DrillError('target-lost', `${what} within ${ms / 1000} s`);
  } finally {
    over.abort();
  }
}
