import type { RequestHandler } from 'express';
import type { Database } from '../db/pool.js';
import { Problem } from '../problem.js';

/** `GET /healthz`: the process turns. */
export const answerHealth: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** `GET /readyz`: the service can serve, that is, the database answers and no shutdown has begun. */
export function createReadinessHandler(database: Database, isStopping: () => boolean): RequestHandler {
  return async (_request, response) => {
    if (isStopping()) throw new Problem(503, 'stopping', 'The service is shutting down.');
    await database.query('select 1').catch((cause: unknown) => {
      throw new Problem(503, 'database-unavailable', 'The database does not answer.', { cause });
    });
    response.json({ status: 'ready' });
  };
}
