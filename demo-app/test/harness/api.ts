import { createServer } from 'node:http';

import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { type Database, openDatabase } from '../../src/db/pool.js';
import type { BreakableContext } from '../../src/faults.js';
import { listen } from '../../src/lifecycle/http-server.js';
import { createLogger } from '../../src/log.js';
import { createPricingClient } from '../../src/pricing/client.js';
import { createPricingServer } from '../../src/pricing/service.js';

/** The API in this process, on a free port. */
export interface TestApi {
  readonly url: string;
  readonly database: Database;
  /** What chaos gets to break. */
  readonly context: BreakableContext;
  /** Ends the pricing service, so that no price can be had. */
  stopPricing(): Promise<void>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(
    method: 'POST' | 'PUT',
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
  close(): Promise<void>;
}

/** The admin token of every test. */
export const adminToken = 'test-admin-token-0123456789';

/** Headers that open the admin routes. */
export const admin = { Authorization: `Bearer ${adminToken}` } as const;

/** Starts the API on a database, with settings as the environment would give them. */
export async function startTestApi(
  databaseUrl: string,
  settings: Record<string, string> = {},
): Promise<TestApi> {
  const config = readConfig({ ADMIN_TOKEN: adminToken, ...settings });
  const log = createLogger('silent', 'test');
  const pricingServer = await listen(createPricingServer(log), 0, '127.0.0.1', 'PRICING_PORT');
  const pricing = createPricingClient(`http://127.0.0.1:${pricingServer.port}`, {
    timeoutMs: config.pricingTimeoutMs,
    socketsMax: config.pricingSocketsMax,
  });
  const database = openDatabase(
    databaseUrl,
    {
      poolMax: config.databasePoolMax,
      connectMs: config.databaseConnectMs,
      statementMs: config.databaseStatementMs,
    },
    log,
  );
  const contexts: BreakableContext[] = [];
  const app = createApp({
    config,
    database,
    pricing,
    log,
    isStopping: () => false,
    mountChaos(offered) {
      contexts.push(offered);
      return (_request, _response, next) => next();
    },
  });
  const [context] = contexts;
  if (context === undefined) throw new Error('the app has not offered its context');
  const server = await listen(createServer(app), 0, '127.0.0.1', 'PORT');
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    database,
    context,
    stopPricing: async () => void (await pricingServer.close(0)),
    get: (path, headers = {}) => fetch(url + path, { headers }),
    send: (method, path, body, headers = {}) =>
      fetch(url + path, {
        method,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await server.close(1_000);
      await pricingServer.close(0);
      pricing.close();
      await database.close();
    },
  };
}
