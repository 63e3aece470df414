import express, { type Router } from 'express';
import { z } from 'zod';
import type { Features } from '../../features.js';
import type { Logger } from '../../log.js';
import { Problem } from '../../problem.js';
import { validate } from '../../product.js';
import { jsonBody } from '../products.js';

const stateSchema = z.strictObject({ enabled: z.boolean() });

/** Kill switches: `GET /` lists them, `PUT /:name {"enabled":false}` turns one off. */
export function createFeatureRoutes(features: Features, log: Logger): Router {
  const router = express.Router();
  router.get('/', (_request, response) => {
    response.json({ features: features.list() });
  });
  router.put('/:name', jsonBody(), (request, response) => {
    const { enabled } = validate(stateSchema, request.body, 422);
    const name = String(request.params.name);
    const state = features.set(name, enabled);
    if (state === null) {
      const known = features.list().map((feature) => feature.name);
      throw new Problem(
        404,
        'feature-not-found',
        `There is no feature ${name}; there are ${known.join(', ')}.`,
      );
    }
    log.warn({ feature: name, enabled }, 'a feature was switched');
    response.json(state);
  });
  return router;
}
