import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type Chaos, type ChaosLogger, createChaos, type Environment, type Fault } from '../../src/index.js';

export const allowed: Environment = {
  FAULTLINE_CHAOS: 'on',
  FAULTLINE_CHAOS_TOKEN: 'secret',
  FAULTLINE_CHAOS_ENVIRONMENTS: 'test, staging',
  NODE_ENV: 'test',
};

/** What a request to the controls answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The shape differs from route to route, and each test looks at the part that it is about.
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Controls {
  readonly chaos: Chaos;
  readonly url: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export const silent: ChaosLogger = { info() {}, warn() {} };

/** Serves the HTTP controls on a free port for the length of one test. */
export async function serveControls<Context>(
  t: TestContext,
  options: {
    readonly faults: readonly Fault<Context>[];
    readonly context: Context;
    readonly environment?: Environment;
    readonly logger?: ChaosLogger;
  },
): Promise<Controls> {
  const chaos = createChaos({ environment: allowed, logger: silent, ...options });
  const server = createServer((request, response) => chaos.handler(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    await chaos.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { chaos, url, call: (...request) => callJson(url, ...request) };
}

/** One request with the right token unless the headers say otherwise. A text body is sent as it is. */
export async function callJson(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: 'Bearer secret', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: Object.fromEntries(Object.entries(Object(await response.json()))),
  };
}
