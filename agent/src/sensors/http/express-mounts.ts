/** A part of Express's router: a route, or something that is mounted at a path. */
interface Layer {
  readonly route?: object | undefined;
  /** A router is a function with a stack of its own. */
  readonly handle?: { readonly stack?: unknown };
  /** Mounted at `/`: takes nothing of the path. Express 5 and 4. */
  readonly slash?: boolean;
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  /** Names of the groups of `regexp`. Express 4. */
  readonly keys?: readonly { readonly name: string | number }[];
  /** Express 5, from router 2.3 on. */
  readonly rawPath?: unknown;
  /** Express 5. */
  readonly matchers?: readonly ((path: string) => Match | false)[];
}
type Match = { readonly path: string; readonly params: Readonly<Record<string, unknown>> };
/** What a route is mounted below, outermost first. */
type Chain = readonly Layer[];
type Index = WeakMap<object, Chain[]>;

/** What is read from an application of Express: a structure, so that nothing here depends on it. */
export interface ExpressApp {
  readonly _router?: { readonly stack?: unknown } | undefined;
  readonly router?: { readonly stack?: unknown };
  readonly mountpath?: unknown;
  readonly parent?: ExpressApp;
}

const deepestRouter = 8;
/** Layers that are looked at to find a route, once for all routes: that takes about a millisecond. */
const layersAtOnce = 10_000;
/** Routes that are added later make the index stale; it is made anew at most this often. */
const indexKeptMs = 1_000;

const indexes = new WeakMap<object, { readonly index: Index; readonly builtMs: number }>();

/** The pattern of everything that a route is mounted below, such as `/shops/:shop`, for one request; empty when it
 *  stands in the application itself, null when it cannot be told. `isOnly` says that it holds for all requests. */
export function mountPatternOf(
  app: ExpressApp,
  route: object,
  path: string,
): { readonly pattern: string; readonly isOnly: boolean } | null {
  const outer = outerPattern(app, path);
  // Express 4 throws for `router`, and Express 5 knows no `_router`.
  const router = app._router ?? app.router;
  if (outer === null || router === undefined) return null;
  const chains = indexOf(router, route).get(route) ?? [];
  const inner = path.slice(outer.taken);
  const [best] = chains
    .map((chain) => ({ chain, taken: takenBy(chain, inner) }))
    .filter(({ taken }) => taken !== null)
    .sort((a, b) => b.taken! - a.taken!);
  if (best === undefined) return null;
  const pattern = outer.pattern + describe(best.chain, inner, best.taken!);
  return { pattern, isOnly: chains.length === 1 };
}

/** Applications inside of others know the path that they are mounted at. */
function outerPattern(app: ExpressApp, path: string): { pattern: string; taken: number } | null {
  let pattern = '';
  for (let inner = app; inner.parent !== undefined; inner = inner.parent) {
    const { mountpath } = inner;
    // Anything else than segments and parameters takes a number of segments that is not known.
    if (typeof mountpath !== 'string' || !/^(\/[\w\-.~:]*)+$/.test(mountpath)) return null;
    pattern = mountpath.replace(/\/+$/, '') + pattern;
  }
  const patterns = pattern.split('/');
  const segments = path.split('/').slice(0, patterns.length);
  const fits = patterns.every(
    (part, index) => part.includes(':') || part.toLowerCase() === segments[index]?.toLowerCase(),
  );
  return fits ? { pattern, taken: segments.join('/').length } : null;
}

function indexOf(router: { readonly stack?: unknown }, wanted: object): Index {
  const nowMs = performance.now();
  const kept = indexes.get(router);
  if (kept !== undefined && (kept.index.has(wanted) || nowMs - kept.builtMs < indexKeptMs)) return kept.index;
  const index: Index = new WeakMap();
  let layersLeft = layersAtOnce;
  const visit = (stack: unknown, chain: Chain): void => {
    if (!Array.isArray(stack) || chain.length > deepestRouter) return;
    for (const layer of stack as Layer[]) {
      layersLeft -= 1;
      if (layersLeft < 0) return;
      if (layer.route) index.set(layer.route, [...(index.get(layer.route) ?? []), chain]);
      else visit(layer.handle?.stack, [...chain, layer]);
    }
  };
  visit(router.stack, []);
  indexes.set(router, { index, builtMs: nowMs });
  return index;
}

/** How much of a path the layers take, one after the other, without a slash at the end; null when they do not match. */
function takenBy(chain: Chain, path: string): number | null {
  let taken = 0;
  for (const layer of chain) {
    const rest = path.slice(taken) || '/';
    const match = matchOf(layer, rest);
    if (match === null) return null;
    taken += match.path.replace(/\/$/, '').length;
  }
  return taken;
}

function matchOf({ slash, regexp, keys, matchers }: Layer, path: string): Match | null {
  if (slash === true || regexp?.fast_slash === true) return { path: '', params: {} };
  if (regexp !== undefined) {
    const found = regexp.exec(path);
    if (found === null) return null;
    const params = (keys ?? []).map(({ name }, index) => [name, found[index + 1]] as const);
    return { path: found[0], params: Object.fromEntries(params) };
  }
  for (const matcher of matchers ?? []) {
    const match = matcher(path);
    if (match !== false) return match;
  }
  return null;
}

/** Routers keep what they compiled from a pattern, and not always the pattern. So each segment is tried with other
 *  letters and digits in its place: where that matches as well, the segment came from the client. */
function describe(chain: Chain, path: string, taken: number): string {
  const segments = path.slice(0, taken).split('/');
  const rest = path.slice(taken);
  const names = namesOf(chain, path);
  return segments
    .map((segment, index) => {
      if (segment === '') return segment;
      const others = segments.with(index, turned(segment)).join('/') + rest;
      if (isTaken(chain, others, taken)) return names.get(segment) ?? '*';
      return spellingIn(chain, segment) ?? segment;
    })
    .join('/');
}

/** The service's spelling of a segment, where that is known: most routers take large letters for small ones. */
function spellingIn(chain: Chain, segment: string): string | null {
  for (const { regexp, rawPath } of chain) {
    const text = regexp?.source ?? String(rawPath ?? '');
    const start = text.toLowerCase().indexOf(segment.toLowerCase());
    if (start >= 0) return text.slice(start, start + segment.length);
  }
  return null;
}

function isTaken(chain: Chain, path: string, taken: number): boolean {
  try {
    return takenBy(chain, path) === taken;
  } catch {
    // Matchers throw for what cannot be decoded, and only what stands for a parameter is decoded.
    return true;
  }
}

/** The same number of letters and digits, each of them another one. */
const turned = (text: string): string =>
  text.replace(/[a-z0-9]/gi, (sign) => firstOf[sign] ?? String.fromCharCode(sign.charCodeAt(0) + 1));
/** What follows the last letters and the last digit. */
const firstOf: Readonly<Record<string, string>> = { z: 'a', Z: 'A', 9: '0' };

/** Names of parameters by the text that stands for them. */
function namesOf(chain: Chain, path: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  let taken = 0;
  for (const layer of chain) {
    const match = matchOf(layer, path.slice(taken) || '/');
    if (match === null) break;
    taken += match.path.replace(/\/$/, '').length;
    for (const [name, text] of Object.entries(match.params)) {
      if (typeof text === 'string' && !/^\d+$/.test(name)) {
        names.set(text, `:${name}`);
        names.set(encodeURIComponent(text), `:${name}`);
      }
    }
  }
  return names;
}
