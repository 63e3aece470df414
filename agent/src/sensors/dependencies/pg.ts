import type { DependencyError } from '../../protocol/dependency.js';
import { type ModuleWatch, watchModuleClass } from '../module-cache.js';
import { classifyError } from './errors.js';
import type { Call, Targets } from './targets.js';

/** Five letters and digits, from PostgreSQL's appendix of error codes. */
const sqlState = /^[0-9A-Z]{5}$/;
const modulePattern = /[\\/]pg[\\/]lib[\\/]client\.js$/;

type Method = (this: PgClient, ...parameters: unknown[]) => unknown;
/** What is read from a client of `pg`: a structure, so that nothing here depends on the driver. */
interface PgClient {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly database?: unknown;
}
interface PgClientClass {
  readonly prototype: { query: Method; connect: Method };
}

/** Follows the queries of `pg`, which has no diagnostics channel: once its client is loaded, its class stands in the
 *  module cache, and query() and connect() of the class are wrapped. They return and throw what the originals do.
 *  Cursors and streams are left alone, because they take as long as their reader. Call `look` from time to time; it
 *  is cheap when nothing was loaded since. */
export const watchPgQueries = (targets: Targets): ModuleWatch =>
  watchModuleClass(modulePattern, isClientClass, (found) => wrapClass(found, targets));

const isClientClass = (value: unknown): value is PgClientClass => {
  const prototype = (value as Partial<PgClientClass> | undefined)?.prototype;
  return typeof prototype?.query === 'function' && typeof prototype.connect === 'function';
};

const nameOfDatabase = (spelling: string): string => spelling;

function wrapClass({ prototype }: PgClientClass, targets: Targets): () => void {
  const begin = (client: PgClient): Call =>
    targets.begin(
      `${client.host ?? 'localhost'}:${client.port ?? 5432}/${client.database ?? ''}`,
      nameOfDatabase,
    );
  const restoreQuery = wrap(prototype, 'query', (client, [query]) =>
    isSubmittable(query) ? null : onEnd(begin(client), true),
  );
  // A new connection is no answer to a question: only that it failed is of interest.
  const restoreConnect = wrap(prototype, 'connect', (client) => onEnd(begin(client), false));
  return () => {
    restoreQuery();
    restoreConnect();
  };
}

const isSubmittable = (query: unknown): boolean =>
  typeof (query as { submit?: unknown } | null | undefined)?.submit === 'function';

type OnEnd = (error: unknown) => void;

function onEnd(call: Call, isQuestion: boolean): OnEnd {
  return (error) => {
    const kind = error ? classifyPgError(error) : 'answer';
    if (kind !== 'answer') call.failed(kind);
    else if (isQuestion) call.answered(0);
    else call.failed(null);
  };
}

/** Most errors that a database sends, such as one for a key that exists already, are answers. The driver's own have no
 *  code; their messages have been the same since version 7. */
function classifyPgError(error: unknown): DependencyError | 'answer' | null {
  const kind = classifyError(error);
  if (kind !== 'other') return kind;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string' && sqlState.test(code)) return 'answer';
  if (/timeout/i.test(String(message))) return 'timeout';
  return /^Connection terminated/.test(String(message)) ? 'reset' : 'other';
}

type Begin = (client: PgClient, parameters: readonly unknown[]) => OnEnd | null;

function wrap(prototype: PgClientClass['prototype'], name: 'query' | 'connect', begin: Begin): () => void {
  const original = prototype[name];
  const wrapper: Method = function (this: PgClient, ...parameters) {
    const end = guarded(() => begin(this, parameters));
    if (end === null) return original.apply(this, parameters);
    const last = parameters.length - 1;
    const callback = parameters[last];
    if (typeof callback === 'function') {
      parameters[last] = (error: unknown, ...rest: unknown[]) => {
        guarded(() => end(error));
        return callback(error, ...rest);
      };
      return original.apply(this, parameters);
    }
    const result = original.apply(this, parameters);
    if (!(result instanceof Promise)) {
      guarded(() => end(null));
      return result;
    }
    // The caller gets the end of this chain: beside it, a rejection that nobody handles would count as handled.
    return result.then(
      (value: unknown) => {
        guarded(() => end(null));
        return value;
      },
      (error: unknown) => {
        guarded(() => end(error));
        throw error;
      },
    );
  };
  prototype[name] = wrapper;
  return () => {
    // Somebody may have wrapped the wrapper; then it stays, and does no harm.
    if (prototype[name] === wrapper) prototype[name] = original;
  };
}

/** These run inside the driver's own calls: whatever goes wrong here is not the service's trouble. */
function guarded<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch {
    return null;
  }
}
