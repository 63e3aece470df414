import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { makeDirectory, removeDirectory } from './temporary-directory.js';
import { until } from './wait.js';

/** A MariaDB server of a test's own. */
export interface MariaDb {
  readonly port: number;
  close(): Promise<void>;
}

/** Name of the database that the server has. */
export const mariaDbName = 'shop';
export const mariaDbUser = 'tester';

const isRequired = process.env.FAULTLINE_REQUIRE_MARIADB === '1';

/** Why there is no server; false when there is one. A skip is a failure where the server is required. */
export function whyNoMariaDb(): string | false {
  if (binary('mariadbd') !== null && binary('mariadb-install-db') !== null) return false;
  if (isRequired) throw new Error('FAULTLINE_REQUIRE_MARIADB is set, and mariadbd is not installed');
  return 'mariadbd is not installed (packages mariadb-server-core and mariadb-client-core)';
}

function binary(name: string): string | null {
  // Debian keeps servers where ordinary users do not look.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Starts a server in a directory of its own, which lives until `close()`. */
export async function startMariaDb(): Promise<MariaDb> {
  const directory = makeDirectory();
  const data = join(directory, 'data');
  const user = userInfo().username;
  const common = ['--no-defaults', `--datadir=${data}`, `--user=${user}`];
  const flags = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
  execFileSync(binary('mariadb-install-db')!, [...common, ...flags], { stdio: 'ignore' });
  const port = await freePort();
  const server = spawn(
    binary('mariadbd')!,
    [
      ...common,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(directory, 'socket')}`,
      `--pid-file=${join(directory, 'pid')}`,
      '--skip-log-bin',
      '--skip-name-resolve',
      '--skip-grant-tables',
      '--innodb-use-native-aio=0',
      '--innodb-buffer-pool-size=8M',
      '--innodb-log-file-size=4M',
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { stdio: 'ignore' },
  );
  // Whatever ends the tests ends the server too.
  const killAtExit = (): void => void server.kill('SIGKILL');
  process.once('exit', killAtExit);
  const close = async (): Promise<void> => {
    await end(server);
    process.off('exit', killAtExit);
    removeDirectory(directory);
  };
  try {
    await until('the server answers', () => createDatabase(port), 60_000);
  } catch (error) {
    await close();
    throw error;
  }
  return { port, close };
}

async function createDatabase(port: number): Promise<boolean> {
  try {
    const connection = await createConnection({ host: '127.0.0.1', port, user: mariaDbUser });
    await connection.query(`create database if not exists ${mariaDbName}`);
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

/** Longest that the server may take to shut down. Unit: ms. */
const shutdownMs = 10_000;

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), shutdownMs);
  await exited;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
