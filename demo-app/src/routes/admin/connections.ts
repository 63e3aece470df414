import express, { type Router } from 'express';
import type { Logger } from '../../log.js';

/** Unit: ms. Nobody who is well keeps a connection for so long without asking anything; an export runs its query, and a
 *  price is given up long before. */
const heldMs = 5_000;

/** What lends connections, and can take those back that somebody holds for long and does not use. */
interface Lender {
  takeBackHeld(heldMs: number): number;
}

/** `DELETE /held`: takes back the connections that are held, as a restart would, but without one. */
export function createConnectionRoutes(lenders: readonly Lender[], log: Logger): Router {
  const router = express.Router();
  router.delete('/held', (_request, response) => {
    const takenBack = lenders.reduce((sum, lender) => sum + lender.takeBackHeld(heldMs), 0);
    log.warn({ takenBack }, 'held connections were taken back');
    response.json({ takenBack });
  });
  return router;
}
