import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithRunner } from '../end-with-runner.js';
import { DrillError } from '../errors.js';
import { yieldCpu } from '../low-priority.js';
import { requestOnce } from '../providers/http-request.js';
import { waitFor } from '../wait.js';

/** Unit: ms. */
const readyMs = 20_000;
const stopMs = 10_000;
/** Unit: characters. */
const outputKept = 2000;

/** A server that was started for the drill. */
export interface AlertServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts Prometheus or Alertmanager on a port that was free a moment ago, and waits until it is ready.
 *  @throws DrillError `alerting-unavailable` with its last words. */
export async function startAlertServer(
  program: string,
  argumentsFor: (address: string) => readonly string[],
  signal: AbortSignal,
): Promise<AlertServer> {
  const address = `127.0.0.1:${await freePort()}`;
  // A group of its own, so that Ctrl-C at the terminal does not stop it before the drill has cleaned up.
  const child = spawn(program, argumentsFor(address), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  yieldCpu(child.pid);
  endWithRunner(child);
  let output = '';
  let ended: string | null = null;
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-outputKept);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (cause) => {
    ended = cause.message;
  });
  child.on('exit', (code) => {
    ended = `it ended with exit code ${code}: ${output.trim().split('\n').slice(-3).join(' | ')}`;
  });
  const url = `http://${address}`;
  try {
    await waitFor({
      what: `${program} is ready`,
      withinMs: readyMs,
      signal,
      async look() {
        if (ended !== null) throw new DrillError('alerting-unavailable', `${program}: ${ended}`);
        const { status } = await requestOnce({
          method: 'GET',
          url: `${url}/-/ready`,
          timeoutMs: 1000,
          signal,
        });
        return status === 200 ? { found: true } : { seen: `HTTP status ${status}` };
      },
    });
  } catch (cause) {
    await stop(child);
    throw cause;
  }
  return { url, close: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const first = await Promise.race([ended, sleep(stopMs, 'late' as const, { ref: false })]);
  if (first !== 'late') return;
  child.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address !== null) return address.port;
  throw new DrillError('alerting-unavailable', 'no free port on 127.0.0.1');
}
