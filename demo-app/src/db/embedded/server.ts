import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chown, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../failure.js';
import { freePort } from '../../lifecycle/free-port.js';
import { locateBinaries } from './binaries.js';
import { type Command, runCommand, stopProcess, waitForText } from './command.js';
import { createDirectory } from './directory.js';
import { chooseUser, type RunAs } from './user.js';

/** A PostgreSQL server of our own on 127.0.0.1 that lives as long as it is wanted. */
export interface EmbeddedServer {
  /** With a password that was made up for this run. */
  readonly url: string;
  readonly pid: number;
  readonly directory: string;
  /** Fulfilled when the server has ended, asked or not. */
  readonly exited: Promise<void>;
  /** Stops the server and removes its directory. Harmless when called twice. */
  stop(): Promise<void>;
  /** The same at once and without waiting, for the last moment of a process. */
  stopNow(): void;
}

const initLimitMs = 60_000;
const startLimitMs = 30_000;
const stopLimitMs = 4_000;
/** Another process may take the free port before PostgreSQL does. */
const portAttempts = 3;

/** Speed matters here and durability does not: the directory goes when the server goes. */
const serverSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Files instead of /dev/shm, which containers keep small and a killed server leaves littered.
  dynamic_shared_memory_type: 'mmap',
  shared_buffers: '128MB',
  max_connections: '60',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '512MB',
};

/** Makes a new database cluster and starts it. Aborting undoes whatever has been done. */
export async function startEmbeddedServer(signal: AbortSignal): Promise<EmbeddedServer> {
  const [installed, user] = await Promise.all([locateBinaries(), chooseUser()]);
  const directory = await createDirectory(user);
  try {
    const native = await reachableBinaries(installed, directory, user, signal);
    const password = randomBytes(18).toString('base64url');
    await initialise(native, directory, password, user, signal);
    return await startServer(native, directory, password, user, signal);
  } catch (error) {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

/** A checkout below /root is closed to the user that PostgreSQL runs as; then the binaries are copied. */
async function reachableBinaries(
  native: string,
  directory: string,
  user: RunAs | null,
  signal: AbortSignal,
): Promise<string> {
  const version = (root: string): Command => ({
    file: join(root, 'bin', 'initdb'),
    args: ['--version'],
    user,
    limitMs: 10_000,
    signal,
  });
  try {
    await runCommand(version(native));
    return native;
  } catch (error) {
    if (user === null || signal.aborted) throw error;
    const copy = join(directory, 'native');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await runCommand(version(copy));
    return copy;
  }
}

async function initialise(
  native: string,
  directory: string,
  password: string,
  user: RunAs | null,
  signal: AbortSignal,
): Promise<void> {
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  await runCommand({
    file: join(native, 'bin', 'initdb'),
    args: [
      `--pgdata=${join(directory, 'data')}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    user,
    limitMs: initLimitMs,
    signal,
  });
  await rm(passwordFile, { force: true });
}

async function startServer(
  native: string,
  directory: string,
  password: string,
  user: RunAs | null,
  signal: AbortSignal,
): Promise<EmbeddedServer> {
  const settings = Object.entries(serverSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawn(
      join(native, 'bin', 'postgres'),
      ['-D', join(directory, 'data'), '-p', String(port), ...settings],
      { ...user, cwd: directory, env: { LC_ALL: 'C', TZ: 'UTC' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    try {
      await waitForText(child, 'ready to accept connections', startLimitMs, signal);
      return serverOf(child, directory, `postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
    } catch (error) {
      await stopProcess(child, 'SIGINT', stopLimitMs);
      const taken = error instanceof Failure && /could not create any TCP\/IP sockets/.test(error.message);
      if (!taken || attempt === portAttempts) throw error;
    }
  }
}

function serverOf(child: ChildProcess, directory: string, url: string): EmbeddedServer {
  // Nobody reads the server's log, but a full pipe would stop the server.
  child.stderr?.resume();
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  let stopping: Promise<void> | null = null;
  const stopAndRemove = async () => {
    // SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is waited for.
    await stopProcess(child, 'SIGINT', stopLimitMs);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    url,
    pid: child.pid ?? 0,
    directory,
    exited,
    stop() {
      stopping ??= stopAndRemove();
      return stopping;
    },
    stopNow() {
      child.kill('SIGQUIT');
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
