import { listen } from './channels.js';
import { classifyError } from './errors.js';
import { type Call, nameOfOrigin, type Targets } from './targets.js';

/** Set on a request, so that its end finds its beginning. */
const callKey = Symbol('faultline.dependencyCall');
/** What undici tells of a request. */
interface UndiciRequest {
  readonly origin?: unknown;
  readonly method?: unknown;
  readonly upgrade?: unknown;
  [callKey]?: Call;
}
interface Message {
  readonly request: UndiciRequest;
  readonly response: { readonly statusCode: number };
  readonly error: unknown;
}

/** Follows requests of undici, the package and the one inside Node, which fetch() uses. Nothing is patched.
 *  Source: the undici diagnostics channels. */
export function watchUndiciRequests(targets: Targets): () => void {
  const begin = (request: UndiciRequest): Call | null => {
    // An upgraded connection has no answer, and lasts as long as it likes.
    if (request.method === 'CONNECT' || request.upgrade) return null;
    const call = targets.begin(String(request.origin), nameOfOrigin);
    request[callKey] = call;
    return call;
  };
  return listen<Message>({
    'undici:request:create': ({ request }) => void begin(request),
    'undici:client:sendHeaders': ({ request }) => request[callKey]?.sent(),
    'undici:request:headers': ({ request, response }) => request[callKey]?.answered(response.statusCode),
    'undici:request:error': ({ request, error }) =>
      (request[callKey] ?? begin(request))?.failed(classifyError(error)),
  });
}
