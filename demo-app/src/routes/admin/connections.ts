import express, { type Router } from 'express';
import type { Database } from '../../db/pool.js';
import type { Logger } from '../../log.js';

/** Unit: ms. Nobody who is well keeps a connection for so long without asking anything; an export runs its query. */
const heldMs = 5_000;

/** `DELETE /held`: takes back connections that are held for long without a query, as a restart would, but without one. */
export function createConnectionRoutes(database: Database, log: Logger): Router {
  const router = express.Router();
  router.delete('/held', (_request, response) => {
    const takenBack = database.takeBackHeld(heldMs);
    log.warn({ takenBack }, 'held connections were taken back');
    response.json({ takenBack });
  });
  return router;
}
