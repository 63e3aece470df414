import http from 'node:http';
import { Failure } from '../failure.js';
import type { LoadRequest } from './mix.js';

/** How a request ended: `ok`, `switched-off`, or the class of its error. */
export type Outcome = string;

/** Sends requests to one target. */
export interface LoadClient {
  /** Never rejects. Fulfilled when the whole answer has been read. */
  send(request: LoadRequest, token?: string): Promise<Outcome>;
  close(): void;
}

/** Longest wait for an answer. Unit: ms. */
const timeoutMs = 60_000;

/** Load is sent to this machine only. Throws a Failure for any other target. */
export function parseTarget(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLoopback = url !== null && /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(url.hostname);
  if (url !== null && url.protocol === 'http:' && isLoopback) return url;
  throw new Failure(
    'ERR_DEMO_LOAD_TARGET',
    `--target must be an http:// URL of this machine (127.0.0.1, ::1 or localhost); got ${JSON.stringify(text)}.`,
    2,
  );
}

/** One kept connection for each request in flight, at most `socketsMax`. */
export function createLoadClient(target: URL, socketsMax: number): LoadClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: socketsMax, maxFreeSockets: socketsMax });
  return {
    send: ({ method, path, body, contentType = 'application/json' }, token) =>
      new Promise((resolve) => {
        const headers = {
          ...(body !== null && {
            'Content-Type': contentType,
            'Content-Length': Buffer.byteLength(body),
          }),
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        };
        const signal = AbortSignal.timeout(timeoutMs);
        const request = http.request(new URL(path, target), { agent, method, headers, signal });
        const fail = (error: NodeJS.ErrnoException) =>
          resolve(signal.aborted ? 'timeout' : (error.code ?? 'broken'));
        request.once('error', fail);
        request.once('response', (response) => {
          let beginning = '';
          response.on('data', (chunk: Buffer) => {
            if (beginning.length < 1_000) beginning += chunk.toString('latin1', 0, 1_000);
          });
          response.once('error', fail);
          response.once('end', () => resolve(classify(response.statusCode ?? 0, beginning)));
        });
        request.end(body ?? undefined);
      }),
    close: () => agent.destroy(),
  };
}

function classify(status: number, beginning: string): Outcome {
  if (status >= 200 && status < 300) return 'ok';
  return status === 503 && beginning.includes('"feature-disabled"') ? 'switched-off' : `http ${status}`;
}
