import { listen } from '../../dependencies/channels.js';
import type { PoolRecorder } from '../adapter.js';
import { guarded } from '../guarded.js';

/** A dispatcher of undici that tells of its connections. */
export interface ConnectingDispatcher {
  on(event: 'connect', listener: () => void): unknown;
  removeListener(event: string, listener: () => void): unknown;
}

/** Told of the requests on the sockets of one pool. */
interface SocketOwner {
  sent(request: object): void;
  /** The head of the answer has come; its body may be on the way. */
  answered(request: object): void;
  ended(request: object): void;
}

interface Message {
  readonly request: { readonly method?: unknown; readonly upgrade?: unknown };
  readonly socket: object;
}

const owners = new WeakMap<object, SocketOwner>();
const byRequest = new WeakMap<object, SocketOwner>();
let newest: WeakRef<object> | null = null;
let users = 0;
let endListening: (() => void) | null = null;

/** Listens to the channels of undici; however many pools there are, each has one listener. Returns what ends it. */
function followSockets(): () => void {
  users += 1;
  endListening ??= listen<Message>({
    'undici:client:connected': ({ socket }) => {
      newest = new WeakRef(socket);
    },
    'undici:client:sendHeaders': ({ request, socket }) => {
      const owner = owners.get(socket);
      // An upgraded connection is no part of a pool any more.
      if (owner === undefined || request.method === 'CONNECT' || request.upgrade) return;
      byRequest.set(request, owner);
      owner.sent(request);
    },
    'undici:request:headers': ({ request }) => byRequest.get(request)?.answered(request),
    'undici:request:trailers': ({ request }) => byRequest.get(request)?.ended(request),
    'undici:request:error': ({ request }) => byRequest.get(request)?.ended(request),
  });
  return () => {
    users -= 1;
    if (users > 0) return;
    endListening?.();
    endListening = null;
    newest = null;
  };
}

/** To be called from the `connect` event of a pool, which follows at once on the channel that tells of the socket: the
 *  channel does not say whose socket it is, and the event does not say which. */
function claimNewestSocket(owner: SocketOwner): void {
  const socket = newest?.deref();
  newest = null;
  if (socket !== undefined) owners.set(socket, owner);
}

/** Tells of the requests on the sockets that a dispatcher opens from now on; `unanswered` holds those whose answer has not
 *  begun. Returns what ends it. */
export function observeSockets(
  dispatcher: ConnectingDispatcher,
  unanswered: WeakSet<object>,
  recorder: PoolRecorder,
): () => void {
  const owner: SocketOwner = {
    sent(request) {
      unanswered.add(request);
      recorder.taken(request);
    },
    answered: (request) => void unanswered.delete(request),
    ended: recorder.returned,
  };
  const onConnect = guarded(() => claimNewestSocket(owner));
  dispatcher.on('connect', onConnect);
  const end = followSockets();
  return () => {
    dispatcher.removeListener('connect', onConnect);
    end();
  };
}
