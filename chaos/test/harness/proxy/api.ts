import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type ProxyServer, type ProxyServerOptions, startProxyServer } from '../../../src/proxy/start.js';

/** Answer of the API. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  readonly body: any;
}

/** A proxy server on free ports, and its API. */
export interface TestProxy {
  readonly server: ProxyServer;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Creates a proxy in front of the address and answers where it listens. */
  create(name: string, upstream: string, fields?: object): Promise<string>;
  /** Adds a toxic. */
  poison(proxy: string, toxic: object): Promise<void>;
}

/** Starts a proxy server that ends with the test. */
export async function startProxy(test: TestContext, options: ProxyServerOptions = {}): Promise<TestProxy> {
  const server = await startProxyServer({ listen: '127.0.0.1:0', ...options });
  test.after(() => server.close());
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    server,
    call,
    async create(name, upstream, fields = {}) {
      const { status, body } = await call('POST', '/proxies', { name, upstream, ...fields });
      assert.equal(status, 201, JSON.stringify(body));
      return body.listen;
    },
    async poison(proxy, toxic) {
      const { status, body } = await call('POST', `/proxies/${proxy}/toxics`, toxic);
      assert.equal(status, 200, JSON.stringify(body));
    },
  };
}
