import express, { type Router } from 'express';
import { endBlockingSessions } from '../../db/end-blocking.js';
import type { Logger } from '../../log.js';

/** Unit: ms. Nobody who is well keeps a connection for so long without asking anything; an export runs its query unless its
 *  reader is slow, and a price is given up long before. */
const heldMs = 5_000;

/** What lends connections, and can take those back that somebody holds for long and does not use. */
interface Lender {
  takeBackHeld(heldMs: number): number;
}

/** `DELETE /held`: takes back the connections that are held, as a restart would, but without one.
 *  `DELETE /blocking`: ends sessions of the database for whose locks others wait, and which do nothing. */
export function createConnectionRoutes(lenders: readonly Lender[], databaseUrl: string, log: Logger): Router {
  const router = express.Router();
  router.delete('/held', (_request, response) => {
    const takenBack = lenders.reduce((sum, lender) => sum + lender.takeBackHeld(heldMs), 0);
    log.warn({ takenBack }, 'held connections were taken back');
    response.json({ takenBack });
  });
  router.delete('/blocking', async (_request, response) => {
    const ended = await endBlockingSessions(databaseUrl, heldMs);
    log.warn({ ended }, 'blocking sessions were ended');
    response.json({ ended });
  });
  return router;
}
