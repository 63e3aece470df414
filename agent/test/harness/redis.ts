import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { binary, endServer, freePort } from './server-process.js';
import { makeDirectory, removeDirectory } from './temporary-directory.js';
import { until } from './wait.js';

/** A Redis server of a test's own, which keeps nothing on disk. */
export interface RedisServer {
  readonly port: number;
  /** Keeps the server from running at all, connections included. */
  pause(): void;
  resume(): void;
  /** Ends it at once, without a word to its clients. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

const isRequired = process.env.FAULTLINE_REQUIRE_REDIS === '1';

/** Why there is no server; false when there is one. A skip is a failure where the server is required. */
export function whyNoRedis(): string | false {
  if (binary('redis-server') !== null) return false;
  if (isRequired) throw new Error('FAULTLINE_REQUIRE_REDIS is set, and redis-server is not installed');
  return 'redis-server is not installed (package redis-server)';
}

/** Starts a server, on a free port unless one is given, which lives until `close()`; `further` are settings of its own. */
export async function startRedis(
  onPort?: number,
  further: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
  const directory = makeDirectory();
  const port = onPort ?? (await freePort());
  const settings = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no', ...further };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(binary('redis-server')!, flags, { stdio: 'ignore' });
  // Whatever ends the tests ends the server too.
  const killAtExit = (): void => void server.kill('SIGKILL');
  process.once('exit', killAtExit);
  const close = async (): Promise<void> => {
    server.kill('SIGCONT');
    await endServer(server);
    process.off('exit', killAtExit);
    removeDirectory(directory);
  };
  try {
    await until('the server answers', () => answers(port));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    port,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async kill() {
      server.kill('SIGKILL');
      await close();
    },
    close,
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
