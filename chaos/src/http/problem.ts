import type { ServerResponse } from 'node:http';
import { ChaosError, type ChaosErrorCode, messageOf } from '../errors.js';

const answers: Readonly<Record<ChaosErrorCode, readonly [status: number, title: string]>> = {
  'body-malformed': [400, 'The body is not JSON'],
  'token-wrong': [401, 'A bearer token is needed'],
  'not-allowed': [403, 'Faults are not allowed here'],
  'route-unknown': [404, 'No such route'],
  'fault-unknown': [404, 'No such fault'],
  'lease-unknown': [404, 'No such lease'],
  'method-unknown': [405, 'The route does not have this method'],
  'target-taken': [409, 'Somebody else holds this target'],
  'fault-running': [409, 'The fault runs already'],
  'lease-ended': [409, 'The lease is over'],
  'body-too-large': [413, 'The body is too large'],
  'request-invalid': [422, 'The request cannot be fulfilled'],
  'fault-failed': [500, 'The fault could not be started'],
  'timekeeper-lost': [503, 'Nobody keeps the leases'],
};

/** Answers with JSON. Nothing here may be cached: it is the state of this moment. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': text.byteLength,
    ...headers,
  });
  response.end(text);
}

/** Answers with a problem document (RFC 9457) made from whatever was thrown. */
export function sendProblem(
  response: ServerResponse,
  thrown: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const known = thrown instanceof ChaosError ? thrown : null;
  const [status, title] = known ? answers[known.code] : [500, 'The request failed'];
  const body = {
    type: 'about:blank',
    title,
    status,
    detail: messageOf(thrown),
    code: known?.code ?? 'internal',
    ...known?.details,
  };
  // The rest of a body that was refused is not read, so the connection cannot be used again.
  const close = known?.code === 'body-too-large' ? { connection: 'close' } : {};
  sendJson(response, status, body, { 'content-type': 'application/problem+json', ...close, ...headers });
}
