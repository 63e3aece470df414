import { execFileSync, spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { binary, endServer, freePort } from './server-process.js';
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
    await endServer(server);
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
