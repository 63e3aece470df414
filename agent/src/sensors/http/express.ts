import { type ExpressApp, mountPatternOf } from './express-mounts.js';

/** What Express, and routers built like it, leave on a request. */
export interface ExpressRequest {
  readonly route?: { readonly path?: unknown } | undefined;
  readonly app?: ExpressApp | undefined;
  /** The part of the path that routers above have taken: raw, as the client wrote it. */
  readonly baseUrl?: unknown;
  readonly originalUrl?: unknown;
}

/** Patterns of routes that are mounted in one place only, which are nearly all. */
const known = new WeakMap<object, string>();

/** Pattern of the matched route with the patterns that its routers are mounted at; null when none has matched, or it is
 *  a regular expression. A mount that cannot be read stands as `*`: baseUrl will not do, for it holds what the client
 *  has sent. */
export function readExpressRoute(request: ExpressRequest | null): string | null {
  const route = request?.route;
  if (request === null || typeof route !== 'object' || route === null) return null;
  const cached = known.get(route);
  if (cached !== undefined) return cached;
  const path = textOf(route.path);
  if (path === null) return null;
  const mount = findMount(request, route);
  const pattern = `${mount.pattern}${path === '/' && mount.pattern !== '' ? '' : path}`;
  if (mount.isOnly) known.set(route, pattern);
  return pattern;
}

/** Express takes several paths for one route. */
function textOf(path: unknown): string | null {
  if (typeof path === 'string') return path;
  return Array.isArray(path) && path.every((each) => typeof each === 'string') ? path.join('|') : null;
}

function findMount(
  { app, baseUrl, originalUrl }: ExpressRequest,
  route: object,
): { readonly pattern: string; readonly isOnly: boolean } {
  const isMounted = typeof baseUrl === 'string' && baseUrl !== '';
  const unknown = { pattern: isMounted ? '*' : '', isOnly: false };
  const path = typeof originalUrl === 'string' ? originalUrl.split('?', 1)[0]! : '';
  if (!app || !path.startsWith('/')) return unknown;
  const found = mountPatternOf(app, route, path);
  // A router of its own above the app would have taken something that the app knows nothing of.
  return found === null || (found.pattern === '' && isMounted) ? unknown : found;
}
