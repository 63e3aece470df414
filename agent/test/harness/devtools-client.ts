import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

const textFrame = 0x81;
const masked = 0x80;

/** A debugger that is attached to a process, as DevTools or an editor would be. Enough of RFC 6455 for that: short
 *  text frames, and nothing is read but that something was answered. */
export interface DevtoolsClient {
  /** Sends a method of the Chrome DevTools Protocol without parameters; resolves when anything comes back. */
  post(method: string): Promise<void>;
  detach(): void;
}

/** Connects to the address that Node prints: `ws://127.0.0.1:<port>/<uuid>`. */
export function attachDevtools(webSocketUrl: string): Promise<DevtoolsClient> {
  const key = randomBytes(16).toString('base64');
  return new Promise((resolve, reject) => {
    request(webSocketUrl.replace(/^ws:/, 'http:'), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
      },
    })
      .on('error', reject)
      .on('upgrade', (_response, socket: Socket) => resolve(clientOn(socket)))
      .end();
  });
}

function clientOn(socket: Socket): DevtoolsClient {
  let id = 0;
  socket.on('error', () => {});
  socket.resume();
  return {
    post(method) {
      const payload = Buffer.from(JSON.stringify({ id: ++id, method }));
      // A mask of zeros leaves the text as it is.
      socket.write(Buffer.concat([Buffer.from([textFrame, masked | payload.length, 0, 0, 0, 0]), payload]));
      return new Promise((resolve) => socket.once('data', () => resolve()));
    },
    detach: () => void socket.destroy(),
  };
}
