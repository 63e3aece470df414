import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that a test has started. `close` ends it and removes its directory. */
export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/** How to start a server: `prepare` writes its files into a fresh directory and returns its arguments. */
export interface ServerPlan {
  readonly file: string;
  /** Path that answers 200 once the server is ready. */
  readonly readyPath: string;
  prepare(directory: string, address: string): Promise<readonly string[]>;
}

const startLimitMs = 20_000;

/** Starts a server on a free port of the loopback interface and waits until it is ready. Throws with what it said
 *  when it ends before that. */
export async function startServer({ file, readyPath, prepare }: ServerPlan): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'faultline-server-'));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(file, [...(await prepare(directory, address))], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_000);
  });
  // A test process that ends by an exception runs no hook of its tests; it must leave no server behind either.
  const endWithUs = (): void => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', endWithUs);
  const close = async (): Promise<void> => {
    process.off('exit', endWithUs);
    await end(child);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  const url = `http://${address}`;
  if (await becomesReady(child, `${url}${readyPath}`)) return { url, close };
  await close();
  throw new Error(`${file} did not become ready: ${said}`);
}

async function becomesReady(child: ChildProcess, url: string): Promise<boolean> {
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return true;
    await sleep(100);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(patience);
}

/** A port that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Asks until the answer is right, or throws what it was last. Limit in ms. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  limitMs: number,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still wrong after ${limitMs} ms: ${JSON.stringify(answer)}`);
    await sleep(250);
  }
}
