import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Unit: bytes. An answer's body is cut off here. */
const bodyLimitBytes = 4 * 1024 * 1024;

/** One call. */
export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON when given. */
  readonly json?: unknown;
  readonly timeoutMs: number;
  readonly verifyTls?: boolean;
  readonly signal?: AbortSignal;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Calls a URL on a connection of its own, within a time that covers the whole answer.
 *  @throws Error that names the URL and what happened. */
export function requestOnce(call: HttpCall): Promise<HttpAnswer> {
  const url = new URL(call.url);
  const body = call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json));
  const timeout = AbortSignal.timeout(call.timeoutMs);
  const options = {
    method: call.method,
    agent: false as const,
    rejectUnauthorized: call.verifyTls ?? true,
    signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    headers: {
      accept: 'application/json, text/plain;q=0.9, */*;q=0.1',
      ...(body && { 'content-type': 'application/json', 'content-length': body.byteLength }),
      ...call.headers,
    },
  };
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const reason = timeout.aborted ? `no answer within ${call.timeoutMs} ms` : cause.message;
      reject(new Error(`${call.method} ${url.origin}${url.pathname}: ${reason}`, { cause }));
    };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: flatten(response.headers),
          text: Buffer.concat(chunks).subarray(0, bodyLimitBytes).toString('utf8'),
        });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes < bodyLimitBytes) return;
        finish();
        response.destroy();
      });
      response.on('end', finish);
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(body);
  });
}

function flatten(headers: NodeJS.Dict<string | string[]>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}
