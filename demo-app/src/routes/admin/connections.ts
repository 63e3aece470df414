import express, { type Router } from 'express';
import { endBlockingSessions } from '../../db/end-blocking.js';
import type { Database } from '../../db/pool.js';
import type { Logger } from '../../log.js';

/** Unit: ms. Nobody who is well keeps a connection for so long without asking anything; an export runs its query. */
const heldMs = 5_000;

/** `DELETE /held`: takes back connections that are held for long without a query, as a restart would, but without one.
 *  `DELETE /blocking`: ends sessions of the database for whose locks others wait, and which do nothing. */
export function createConnectionRoutes(database: Database, log: Logger): Router {
  const router = express.Router();
  router.delete('/held', (_request, response) => {
    const takenBack = database.takeBackHeld(heldMs);
    log.warn({ takenBack }, 'held connections were taken back');
    response.json({ takenBack });
  });
  router.delete('/blocking', async (_request, response) => {
    const ended = await endBlockingSessions(database.pool.options.connectionString ?? '', heldMs);
    log.warn({ ended }, 'blocking sessions were ended');
    response.json({ ended });
  });
  return router;
}
