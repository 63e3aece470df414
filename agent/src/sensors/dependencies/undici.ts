import { listen } from './channels.js';
import { classifyError } from './errors.js';
import { freeSocket, takeSocket } from './socket-idleness.js';
import { type Call, nameOfOrigin, type Targets } from './targets.js';

/** Set on a request, so that its end finds its beginning. */
const callKey = Symbol('faultline.dependencyCall');
const socketKey = Symbol('faultline.socket');
/** What undici tells of a request. */
interface UndiciRequest {
  readonly origin?: unknown;
  readonly method?: unknown;
  readonly upgrade?: unknown;
  [callKey]?: Call;
  [socketKey]?: object;
}
interface Message {
  readonly request: UndiciRequest;
  readonly response: { readonly statusCode: number };
  readonly error: unknown;
  readonly socket?: object;
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
    'undici:client:sendHeaders': ({ request, socket }) => {
      const call = request[callKey];
      call?.sent();
      if (call === undefined || socket === undefined) return;
      request[socketKey] = socket;
      call.socketWasIdle(takeSocket(socket));
    },
    // Told at the end of every answer, with trailers or without.
    'undici:request:trailers': ({ request }) => {
      const socket = request[socketKey];
      if (socket !== undefined) freeSocket(socket);
    },
    'undici:request:headers': ({ request, response }) => request[callKey]?.answered(response.statusCode),
    'undici:request:error': ({ request, error }) =>
      (request[callKey] ?? begin(request))?.failed(classifyError(error)),
  });
}
