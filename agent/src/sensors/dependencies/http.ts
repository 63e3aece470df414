import type { ClientRequest, IncomingMessage } from 'node:http';
import { monotonicMs } from '../../protocol/clock.js';
import type { DependencyError } from '../../protocol/dependency.js';
import { listenBeside } from '../listen-beside.js';
import { listen } from './channels.js';
import { classifyError } from './errors.js';
import { freeSocket, takeSocket } from './socket-idleness.js';
import { hasMostlyQueued, noteMade, noteSent } from './socket-waits.js';
import { type Call, nameOfOrigin, type Targets } from './targets.js';

/** Set on a request, so that its end finds its beginning. */
const callKey = Symbol('faultline.dependencyCall');
type WatchedRequest = ClientRequest & { [callKey]?: Call; readonly socketPath?: string | null };
interface Message {
  readonly request: WatchedRequest;
  readonly response: IncomingMessage;
  readonly error: unknown;
}

const nameOfSocket = (spelling: string): string => spelling;

/** Follows requests of node:http and node:https. Nothing is patched. Source: the http.client diagnostics channels.
 *  Node 20 tells of a request when it has its socket, later versions when it is made, so the wait for a free socket of
 *  an agent is part of the time from Node 22 on only. */
export function watchHttpRequests(targets: Targets): () => void {
  const begin = (request: WatchedRequest): Call | null => {
    // An upgraded connection has no answer, and lasts as long as it likes.
    if (request.method === 'CONNECT' || request.getHeader('upgrade') !== undefined) return null;
    const call =
      typeof request.socketPath === 'string'
        ? targets.begin(`unix:${request.socketPath}`, nameOfSocket)
        : targets.begin(originOf(request), nameOfOrigin);
    request[callKey] = call;
    return call;
  };
  return listen<Message>({
    'http.client.request.created': ({ request }) => {
      noteMade(request);
      begin(request);
    },
    'http.client.request.start': ({ request }) => {
      noteSent(request);
      const call = request[callKey] ?? begin(request);
      call?.sent();
      if (call === null) return;
      followLookup(request.socket, call);
      followSocket(request, call);
    },
    'http.client.response.finish': ({ request, response }) =>
      request[callKey]?.answered(response.statusCode ?? 0),
    'http.client.request.error': ({ request, error }) => {
      const call = request[callKey] ?? begin(request);
      call?.failed(classify(request, error, call));
    },
  });
}

/** A request that gets a new socket has it while its name is still being looked up, of which the socket tells. One that is
 *  connected by its address tells of no look-up. */
function followLookup(socket: WatchedRequest['socket'], call: Call): void {
  if (!socket?.connecting) return;
  const startedMs = monotonicMs();
  const onLookup = (): void => call.lookedUp(monotonicMs() - startedMs);
  socket.once('lookup', onLookup);
  socket.once('connect', () => socket.removeListener('lookup', onLookup));
}

/** A request is closed once its answer has been read, just before its socket goes back to the agent. */
function followSocket(request: WatchedRequest, call: Call): void {
  if (!request.socket) return;
  const idleMs = takeSocket(request.socket);
  // One that was at work before anybody looked has been idle for nobody knows how long.
  if (idleMs !== null || !request.reusedSocket) call.socketWasIdle(idleMs);
  listenBeside(request, 'close', onClosed);
}

/** One function for all requests, so that a call costs no closure. */
function onClosed(this: WatchedRequest): void {
  if (this.socket) freeSocket(this.socket);
}

/** The header names the port where it is not the default one. A service that sets another Host means that one. */
function originOf(request: WatchedRequest): string {
  const host = request.getHeader('host');
  return `${request.protocol}//${typeof host === 'string' ? host : request.host}`;
}

function classify(request: WatchedRequest, error: unknown, call: Call | null): DependencyError | null {
  if (wasGivenUp(request, error)) return whyGivenUp(request, call);
  const known = classifyError(error);
  // Whoever waits for a socket of a full agent in vain has not asked the target for anything yet, and who got one at the
  // last moment has not given it the time.
  const isOwn = known === 'timeout' && (request.socket === null || hasMostlyQueued(request));
  return isOwn ? null : known;
}

/** request.destroy() without an error shows as a connection that was reset, although nobody but the caller has ended
 *  it. Where the other side ended it, the request is not destroyed yet, or the error tells of the system call. */
function wasGivenUp(request: WatchedRequest, error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { readonly code?: unknown; readonly syscall?: unknown };
  return code === 'ECONNRESET' && syscall === undefined && request.destroyed;
}

/** Timers may fire a little early. */
const timerSlack = 0.9;

/** The usual end of `timeout` and setTimeout() is to destroy the request from the event. */
function whyGivenUp({ socket }: WatchedRequest, call: Call | null): DependencyError | null {
  const limitMs = socket?.timeout || Infinity;
  return call !== null && call.passedMs() >= limitMs * timerSlack ? 'timeout' : null;
}
