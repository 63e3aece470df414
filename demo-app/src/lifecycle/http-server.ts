import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.js';

/** A server that accepts connections, and knows which of them are being answered. */
export interface Listening {
  readonly port: number;
  /** Stops accepting, gives requests in flight up to `limitMs`, then cuts what is left.
   *  Fulfilled with the number of requests that were cut; 0 means that everybody got an answer. */
  close(limitMs: number): Promise<number>;
}

/** How often finished connections are looked for while the server closes. Unit: ms. */
const closeCheckMs = 20;

/** Starts to listen. `variable` is the setting to name when the port is taken or not allowed. */
export function listen(server: Server, port: number, host: string, variable: string): Promise<Listening> {
  let inFlight = 0;
  server.on('request', (_request, response) => {
    inFlight += 1;
    // Kept connections would outlive the server otherwise.
    if (!server.listening) response.setHeader('Connection', 'close');
    response.once('close', () => {
      inFlight -= 1;
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(listenFailure(error, port, host, variable)),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        async close(limitMs) {
          server.close();
          for (let waitedMs = 0; inFlight > 0 && waitedMs < limitMs; waitedMs += closeCheckMs) {
            server.closeIdleConnections();
            await delay(closeCheckMs);
          }
          const cut = inFlight;
          server.closeAllConnections();
          return cut;
        },
      });
    });
  });
}

/** The one clear line for an address that cannot be listened on. */
function listenFailure(error: NodeJS.ErrnoException, port: number, host: string, variable: string): Failure {
  const why =
    error.code === 'EADDRINUSE'
      ? `port ${port} of ${host} is taken; choose another with ${variable} (0 picks a free one)`
      : error.code === 'EACCES'
        ? `port ${port} needs more rights; choose one above 1023 with ${variable}`
        : `${host}:${port} cannot be listened on (${error.code ?? error.message})`;
  return new Failure('ERR_DEMO_LISTEN', `Cannot start: ${why}.`, 1, { cause: error });
}

/** Throws the same Failure as listen() would, before anything dear has been started. */
export async function assertPortFree(port: number, host: string, variable: string): Promise<void> {
  const server = createServer();
  const { close } = await listen(server, port, host, variable);
  await close(0);
}
