import type { ServerResponse } from 'node:http';

/** Answers with application/problem+json. Source: RFC 9457. `detail` says what to do. */
export function sendProblem(response: ServerResponse, status: number, title: string, detail: string): void {
  const body = `${JSON.stringify({ type: 'about:blank', title, status, detail })}\n`;
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
