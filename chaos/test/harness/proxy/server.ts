import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A TCP server behind a proxy. */
export interface Upstream {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Every connection that has come, oldest first. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** Starts a server on a free port that ends with the test. */
export async function startUpstream(test: TestContext, serve: (socket: Socket) => void): Promise<Upstream> {
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  test.after(() => (server.listening ? close() : undefined));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  return { address: `127.0.0.1:${bound.port}`, sockets, close };
}

/** Sends back what comes, and ends when the client does. */
export const echo = (socket: Socket): void => {
  socket.pipe(socket);
};
