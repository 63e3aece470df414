import { trace } from '@opentelemetry/api';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from './log.js';
import { Problem, problemBody } from './problem.js';

/** SQLSTATE classes and codes of PostgreSQL that are the database's trouble and not the request's. */
const unavailableStates = /^(08|53|57P|55P03|57014)/;
const unavailableTexts = /timeout exceeded when trying to connect|connection terminated|query read timeout/i;
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND']);

/** Answers whatever no route has matched. */
export const notFound: RequestHandler = (request, _response, next) => {
  next(new Problem(404, 'not-found', `There is no ${request.method} ${request.path}.`));
};

/** The one error handler: every error leaves as problem+json, and what is not the client's fault is logged.
 *  Express knows an error handler by its four parameters, so the last one stays though nobody uses it. */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = toProblem(error);
    const unexpected = problem.status >= 500 && !(error instanceof Problem);
    if (unexpected) log.error({ err: error, method: request.method, path: request.path }, 'request failed');
    // With the head gone there is no honest way to report an error but to cut the connection.
    if (response.headersSent) return void response.destroy();
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem, trace.getActiveSpan()?.spanContext().traceId ?? null)));
  };
}

/** Turns any error into the problem that the client may know about. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { type, status, code, message } = detailsOf(error);
  if (type === 'entity.parse.failed') return new Problem(400, 'invalid-json', 'The body is not valid JSON.');
  if (type === 'entity.too.large')
    return new Problem(413, 'body-too-large', 'The body is larger than 100 kB.');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new Problem(415, 'unsupported-encoding', `The encoding of the body is not supported: ${message}.`);
  if (status !== null && status >= 400 && status < 500) return new Problem(status, 'bad-request', message);
  if (code === '23505') return new Problem(409, 'conflict', 'A product with this sku exists already.');
  if (isUnavailable(code, message))
    return new Problem(503, 'database-unavailable', 'The database does not answer; try again soon.', {
      headers: { 'Retry-After': '1' },
    });
  return new Problem(500, 'internal-error', 'Something went wrong on our side.');
}

/** pg and pg-pool tell timeouts and lost connections by their text alone. */
const isUnavailable = (code: string, message: string): boolean =>
  unavailableStates.test(code) || networkCodes.has(code) || unavailableTexts.test(message);

function detailsOf(error: unknown) {
  const read = (key: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const status = read('status');
  return {
    type: text(read('type')),
    status: typeof status === 'number' ? status : null,
    code: text(read('code')),
    message: text(read('message')),
  };
}
