import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../dependencies/channels.js';
import { endListeningBeside, listenBeside } from '../listen-beside.js';

/** Set on a request, so that the end of its response, and its framework, find what is known of it. */
const servingKey = Symbol('faultline.serving');
/** Stale requests that are looked for at once: looking at more would take the main thread more than a millisecond. */
const looksAtOnce = 10_000;

type Marked = IncomingMessage & { [servingKey]?: Serving };

/** One request while it is served. Afterwards it forgets the request: async resources that outlive it, such as a pooled
 *  socket opened on its behalf, keep this small object alive but not the request. */
export class Serving {
  request: IncomingMessage | null;
  response: ServerResponse | null;
  /** Time on performance.now(). Unit: ms. */
  readonly startedMs = performance.now();
  /** What a framework has told: the pattern of the route, or an object that knows it. */
  hint: unknown = null;
  older: Serving | null;
  newer: Serving | null = null;

  constructor(request: IncomingMessage, response: ServerResponse, older: Serving | null) {
    this.request = request;
    this.response = response;
    this.older = older;
  }
}

/** Is told of a request before its handler runs, in the same synchronous call. */
export type OnBegin = (serving: Serving) => void;
/** Is told when a response is sent, or its connection has closed; `status` is null in the second case. */
export type OnEnd = (serving: Serving, status: number | null) => void;

/** The requests that servers of node:http and node:https in this thread serve. */
export interface ServedRequests {
  /** Both return what ends the calls. */
  onBegin(listener: OnBegin): () => void;
  onEnd(listener: OnEnd): () => void;
  /** Requests begun since the start. */
  begun(): number;
  /** Requests that are served now. Ends those first whose connection has closed without a word. */
  inFlight(): number;
  /** The one that has been served longest; `newer` leads to the others. */
  oldest(): Serving | null;
  close(): void;
}

/** What is known of a request that is served; null when nothing is, or it has ended. */
export function servingOf(request: unknown): Serving | null {
  const serving = (request as Marked | null | undefined)?.[servingKey];
  return serving === undefined || serving.request === null ? null : serving;
}

/** Follows requests from the diagnostics channel http.server.request.start to http.server.response.finish, or to the
 *  event `close` of a response that never finishes. Connections that are upgraded, CONNECT, and what is no HTTP never
 *  come up in these channels. Source: node:diagnostics_channel. */
export function followServedRequests(): ServedRequests {
  const begins = new Set<OnBegin>();
  const ends = new Set<OnEnd>();
  let oldest: Serving | null = null;
  let newest: Serving | null = null;
  let begun = 0;
  let inFlight = 0;

  const begin = (request: Marked, response: ServerResponse): void => {
    const serving = new Serving(request, response, newest);
    if (newest === null) oldest = serving;
    else newest.newer = serving;
    newest = serving;
    request[servingKey] = serving;
    begun += 1;
    inFlight += 1;
    listenBeside(response, 'close', onClose);
    for (const listener of begins) listener(serving);
  };
  const unlink = (serving: Serving): void => {
    const { older, newer } = serving;
    if (older === null) oldest = newer;
    else older.newer = newer;
    if (newer === null) newest = older;
    else newer.older = older;
    serving.older = null;
    serving.newer = null;
    inFlight -= 1;
  };
  const end = (serving: Serving, status: number | null): void => {
    unlink(serving);
    try {
      for (const listener of ends) listener(serving, status);
    } finally {
      serving.request = null;
      serving.response = null;
      serving.hint = null;
    }
  };
  // One function for all responses, so that a request costs no closure.
  function onClose(this: ServerResponse): void {
    try {
      const serving = servingOf(this.req);
      if (serving !== null) end(serving, null);
    } catch {
      // A number is lost, a request is not.
    }
  }
  /** Before Node 22 a pipelined request that waits for its turn is not told when its connection closes. */
  const endStale = (): void => {
    let looks = 0;
    for (let serving = oldest; serving !== null && looks < looksAtOnce; looks += 1) {
      const { newer, request, response } = serving;
      if (request?.socket?.destroyed === true || response?.destroyed === true) end(serving, null);
      serving = newer;
    }
  };

  const stop = listen<{ request: Marked; response: ServerResponse }>({
    'http.server.request.start': ({ request, response }) => begin(request, response),
    'http.server.response.finish': ({ request, response }) => {
      const serving = servingOf(request);
      if (serving !== null) end(serving, response.statusCode);
    },
  });
  return {
    onBegin: (listener) => subscribe(begins, listener),
    onEnd: (listener) => subscribe(ends, listener),
    begun: () => begun,
    inFlight() {
      endStale();
      return inFlight;
    },
    oldest: () => oldest,
    close() {
      stop();
      begins.clear();
      ends.clear();
      for (let serving = oldest; serving !== null; serving = oldest) {
        if (serving.response !== null) endListeningBeside(serving.response, 'close', onClose);
        end(serving, null);
      }
    },
  };
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
