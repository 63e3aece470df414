import type { IncomingMessage } from 'node:http';
import { unmatchedRoute } from '../../protocol/requests.js';
import { type ExpressRequest, readExpressRoute } from './express.js';
import { readKoaRoute } from './koa.js';
import type { Serving } from './served-requests.js';

/** Longer patterns are cut: they come from code, but nobody has promised that. Unit: characters. */
const longestRoute = 200;

/** Pattern of the route that serves a request, `unmatched` when no router has matched it. Never a raw path: that may
 *  hold ids and secrets, and there is no end of them. Routers that are not known may leave their pattern on the request,
 *  as Express does: `request.route = { path: '/products/:id' }`. */
export function routeOf({ request, hint }: Serving): string {
  try {
    const told = typeof hint === 'string' ? hint : readKoaRoute(hint);
    const route = told ?? readExpressRoute(request as (IncomingMessage & ExpressRequest) | null);
    return route === null ? unmatchedRoute : route.slice(0, longestRoute);
  } catch {
    // Somebody's getter throws.
    return unmatchedRoute;
  }
}
