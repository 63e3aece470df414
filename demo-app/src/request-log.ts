import type { RequestHandler } from 'express';
import type { Logger } from './log.js';

/** One line for each request, once it has been answered or the client has gone. The route is the pattern that
 *  matched, never the raw path, so that lines can be counted by it. */
export function createRequestLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    response.once('close', () => {
      const { statusCode } = response;
      const level = statusCode >= 500 ? 'warn' : 'info';
      log[level](
        {
          method: request.method,
          route: request.route === undefined ? 'unmatched' : patternOf(request.baseUrl, request.route.path),
          status: statusCode,
          durationMs: Math.round((performance.now() - startedMs) * 10) / 10,
          ...(!response.writableFinished && { aborted: true }),
        },
        'request',
      );
    });
    next();
  };
}

/** The pattern as the route was declared, from its router's mount point and its own path. */
function patternOf(baseUrl: string, path: string): string {
  return `${baseUrl}${path}`.replace(/(?<=.)\/$/, '');
}
