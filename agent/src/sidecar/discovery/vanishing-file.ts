import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The shortest limit of a socket's path that a supported system has, less a byte for its end. Unit: bytes. */
const longestPath = 103;

/** Writes a file that goes away with this thread, whatever ends it: no JavaScript runs in a worker that is terminated,
 *  nor in the workers below it. A server that listens on a path owns it, and closing the server removes what lies
 *  there; Node closes every server of a thread that ends. So the path is taken by a server first, and the file is moved
 *  over its socket. Whoever connects is turned away: it is a file by then.
 *  Resolves to whether the file will go away by itself; rejects when it cannot be written. */
export async function writeVanishingFile(path: string, text: string, mode: number): Promise<boolean> {
  const vanishes = await takePath(path);
  const unfinished = `${path}.part`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, text, { mode, flag: 'wx' });
  renameSync(unfinished, path);
  return vanishes;
}

function takePath(path: string): Promise<boolean> {
  if (process.platform === 'win32' || Buffer.byteLength(path) > longestPath) return Promise.resolve(false);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    // Where no server may listen, a plain file is left, which the next agent sweeps.
    server.once('error', () => resolve(false));
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(true);
    });
  });
}
