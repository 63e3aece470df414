import { createServer } from 'node:http';
import { type Address, formatAddress, isLoopback, parseAddress } from './address.js';
import { ProxyCollection } from './collection.js';
import { ProxyError } from './errors.js';
import { createProxyHandler } from './http/handler.js';
import type { ProxyLog } from './proxy.js';

/** The port that Toxiproxy's clients look for. */
export const defaultProxyListen = '127.0.0.1:8474';
/** Connections to the API at a time. */
const callersMax = 64;
/** Unit: ms. Longest time for a call to be sent. */
const callMs = 10_000;

/** How a proxy server is started. */
export interface ProxyServerOptions {
  /** Where the API listens, `host:port` with port 0 for a free one. Loopback only: it has no token, because
   *  Toxiproxy's clients present none. Default: 127.0.0.1:8474. */
  readonly listen?: string;
  /** Hosts beside loopback that proxies may listen on or lead to. Default: none. */
  readonly allowedHosts?: readonly string[];
  /** Seed of proxies that give none, 0 to 4294967295. Default: 1. */
  readonly seed?: number;
  /** Proxies to begin with, as POST /populate takes them. */
  readonly proxies?: unknown;
  /** Takes a line for each thing that happens. Default: nobody. */
  readonly log?: ProxyLog;
}

/** A proxy server that runs. */
export interface ProxyServer {
  /** Address of the API, such as `http://127.0.0.1:8474`. */
  readonly url: string;
  /** Where a proxy listens, `host:port`; null when there is none of this name. */
  addressOf(proxy: string): string | null;
  /** Closes every proxy, every connection and the API. */
  close(): Promise<void>;
}

/** Starts a TCP proxy with Toxiproxy's HTTP API.
 *  @throws ProxyError when the API cannot listen, or one of the proxies cannot be made; nothing is left then. */
export async function startProxyServer(options: ProxyServerOptions = {}): Promise<ProxyServer> {
  const { listen = defaultProxyListen, allowedHosts = [], seed = 1, proxies, log = () => {} } = options;
  const address = parseAddress(listen, '--listen');
  if (!isLoopback(address.host)) {
    throw new ProxyError(
      403,
      `the API of the proxy listens on this machine only, got ${JSON.stringify(listen)}`,
    );
  }
  const collection = new ProxyCollection({ allowedHosts, seed }, log);
  const server = createServer(
    { requestTimeout: callMs, headersTimeout: callMs },
    createProxyHandler(collection),
  );
  server.maxConnections = callersMax;
  const bound = await listenOn(server, address);
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await Promise.all([closed, collection.close()]);
  };
  if (proxies !== undefined) {
    const { failure } = await collection.populate(proxies);
    if (failure) {
      await close();
      throw failure;
    }
  }
  return {
    url: `http://${formatAddress(bound)}`,
    addressOf(name) {
      const proxy = collection.all().find((one) => one.fields.name === name);
      return proxy ? formatAddress(proxy.fields.listen) : null;
    },
    close,
  };
}

function listenOn(server: ReturnType<typeof createServer>, { host, port }: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE' ? 'the port is taken; choose another with --listen' : cause.message;
      const where = formatAddress({ host, port });
      reject(new ProxyError(500, `the API of the proxy cannot listen on ${where}: ${why}`, { cause }));
    });
    server.listen({ host, port }, () => {
      const bound = server.address();
      resolve({ host, port: bound && typeof bound === 'object' ? bound.port : port });
    });
  });
}
