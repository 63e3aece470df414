import express, { type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/pool.js';
import type { Logger } from '../../log.js';
import { validate } from '../../product.js';
import { jsonBody } from '../products.js';

/** Unit: ms. Nobody who is well keeps a connection for so long without asking anything; an export runs its query unless its
 *  reader is slow, and a price is given up long before. */
const heldMs = 5_000;
/** As long as the setting allows. */
const waitSchema = z.strictObject({ ms: z.int().min(100).max(60_000) });

/** What lends connections, and can take those back that somebody holds for long and does not use. */
interface Lender {
  takeBackHeld(heldMs: number): number;
}

/** What somebody on call may do about connections, without a restart.
 *  `DELETE /held`: takes back those that are held, as a restart would.
 *  `PUT /wait {"ms":20000}`: how long the pool waits for a connection; `DELETE /wait`: as long as it is set to.
 *  `GET /sessions`: who has how many sessions in the database; `DELETE /sessions/:application`: ends those of an
 *  application that are idle.
 *  `DELETE /blocking`: ends sessions of the database for whose locks others wait, and which do nothing. */
export function createConnectionRoutes(database: Database, others: readonly Lender[], log: Logger): Router {
  const { operator } = database;
  const router = express.Router();
  router.delete('/held', (_request, response) => {
    const takenBack = [database, ...others].reduce((sum, lender) => sum + lender.takeBackHeld(heldMs), 0);
    log.warn({ takenBack }, 'held connections were taken back');
    response.json({ takenBack });
  });
  const answerWait = (waitMs: number): { readonly waitMs: number } => {
    log.warn({ waitMs }, 'the wait for connections was set');
    return { waitMs };
  };
  router.put('/wait', jsonBody(), (request, response) => {
    const { ms } = validate(waitSchema, request.body, 422);
    response.json(answerWait(database.useConnectWait(ms)));
  });
  router.delete('/wait', (_request, response) => {
    response.json(answerWait(database.useConnectWait(null)));
  });
  router.get('/sessions', async (_request, response) => {
    response.json(await operator.countSessions());
  });
  router.delete('/sessions/:application', async (request, response) => {
    const { application } = request.params;
    const ended = await operator.endIdle(application);
    log.warn({ application, ended }, 'idle sessions were ended');
    response.json({ application, ended });
  });
  router.delete('/blocking', async (_request, response) => {
    const ended = await operator.endBlocking(heldMs);
    log.warn({ ended }, 'blocking sessions were ended');
    response.json({ ended });
  });
  return router;
}
