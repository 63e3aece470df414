import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import { refuse } from './access.js';
import { sendProblem } from './problem.js';

// Not imported: an import reads every export of node:http, and one of them loads undici, which costs more than
// 10 MB from Node 22 on.
const { createServer } = process.getBuiltinModule('node:http');

const connectionsAllowed = 128;
const requestTimeoutMs = 10_000;
const urlLimit = 2_048;

/** What a route is given: the path's parameters, in order. */
export type RouteHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  parameters: readonly string[],
) => void | Promise<void>;

/** One route. `open` ones need no token. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly open?: boolean;
  readonly handle: RouteHandler;
}

export interface SidecarServer {
  readonly url: string;
  /** True when the port that was asked for was taken and another one serves. */
  readonly moved: boolean;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | null;
  readonly routes: readonly Route[];
  readonly onError: (error: unknown) => void;
}

/** Serves the routes. When the port is taken it takes a free one; rejects when it cannot listen at all. */
export async function startServer(options: ServerOptions): Promise<SidecarServer> {
  const server = createServer((request, response) => void dispatch(options, request, response));
  server.maxConnections = connectionsAllowed;
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = requestTimeoutMs;
  const moved = await listen(server, options.host, options.port);
  server.on('error', options.onError);
  const { port } = server.address() as AddressInfo;
  const host = isIPv6(options.host) ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, moved, close: () => closeServer(server) };
}

async function listen(server: Server, host: string, port: number): Promise<boolean> {
  try {
    await tryListen(server, host, port);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    await tryListen(server, host, 0);
    return true;
  }
}

function tryListen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Under cluster, every process has its own server on its own port.
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function dispatch(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    // No route takes a body; what is sent all the same is thrown away.
    request.resume();
    await answer(options, request, response);
  } catch (error) {
    options.onError(error);
    if (!response.headersSent)
      sendProblem(response, 500, 'Internal Server Error', 'See the log of the service.');
    else response.destroy();
  }
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { routes, token } = options;
  const url = request.url ?? '/';
  if (url.length > urlLimit)
    return sendProblem(response, 414, 'URI Too Long', `At most ${urlLimit} characters.`);
  const path = url.split('?', 1)[0]!;
  const matching = routes.filter((route) => route.path.test(path));
  const route = matching.find(({ method }) => method === request.method || isHead(request, method));
  const refusal = matching.every(({ open }) => open) && matching.length > 0 ? null : refuse(request, token);
  if (refusal !== null) {
    if (refusal.status === 401) response.setHeader('www-authenticate', 'Bearer');
    return sendProblem(response, refusal.status, refusal.title, refusal.detail);
  }
  if (matching.length === 0) return sendProblem(response, 404, 'Not Found', `There is no ${path} here.`);
  if (route === undefined) return refuseMethod(response, matching);
  await route.handle(request, response, (route.path.exec(path) ?? []).slice(1));
}

/** Node leaves out the body of an answer to HEAD by itself. */
const isHead = (request: IncomingMessage, method: string): boolean =>
  request.method === 'HEAD' && method === 'GET';

function refuseMethod(response: ServerResponse, matching: readonly Route[]): void {
  const allowed = [...new Set(matching.map(({ method }) => method))].join(', ');
  response.setHeader('allow', allowed);
  sendProblem(response, 405, 'Method Not Allowed', `Use ${allowed}.`);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
