import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A client of a proxy, and everything that has come to it. */
export interface Client {
  readonly socket: Socket;
  /** Resolves when so many bytes have come in all, with all of them; rejects when the connection ends before. */
  received(bytes: number): Promise<Buffer>;
  bytes(): number;
  /** How the connection ended: `end` in order, or the code of the error. */
  readonly ended: Promise<string>;
  /** Everything that came, once it has ended. */
  all(): Promise<Buffer>;
}

/** Connects to `host:port`. */
export function openClient(test: TestContext, address: string): Client {
  const [host, port] = address.split(':');
  const socket = connect({ host: host ?? '', port: Number(port), allowHalfOpen: true, noDelay: true });
  test.after(() => void socket.destroy());
  const chunks: Buffer[] = [];
  let bytes = 0;
  let failure: string | null = null;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    wake();
  });
  const ended = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.code ?? error.message;
      resolve(failure);
      wake();
    });
    socket.on('end', () => {
      failure ??= 'end';
      resolve('end');
      wake();
    });
    socket.on('close', () => resolve('close'));
  });
  return {
    socket,
    bytes: () => bytes,
    received: (wanted) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (bytes >= wanted) resolve(Buffer.concat(chunks));
          else if (failure !== null) reject(new Error(`${failure} after ${bytes} of ${wanted} bytes`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
    ended,
    async all() {
      await ended;
      return Buffer.concat(chunks);
    },
  };
}
