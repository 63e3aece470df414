import { randomBytes } from 'node:crypto';
import { readConfig } from '../config.js';
import { sweepDirectories } from '../db/embedded/directory.js';
import { prepareDatabase } from '../db/migrate.js';
import { seedSize } from '../db/seed.js';
import type { Failure } from '../failure.js';
import { assertPortFree } from '../lifecycle/http-server.js';
import { findAgentAddress } from './agent-address.js';
import { createFleet, type Fleet } from './fleet.js';
import type { DemoReady } from './messages.js';
import type { DemoOptions } from './options.js';
import { provideDatabase, startApi, startLoadGenerator, startPricing, startPricingProxy } from './parts.js';

/** What the demo tells while it starts and runs. */
export interface DemoListener {
  onStep(text: string): void;
  /** A line that a process has written. */
  onOutput(stream: 'stdout' | 'stderr', line: string): void;
  /** A summary of the load, as load/statistics.ts describes it. */
  onLoad(message: unknown): void;
  /** A process has ended that should not have. */
  onLost(failure: Failure): void;
}

/** All processes of the demo. */
export interface Demo {
  /** Rejects with a Failure when something cannot start; stop() is still to be called then. */
  readonly ready: Promise<DemoReady>;
  /** Stops everything in order and waits for it. Harmless when called twice. */
  stop(): Promise<void>;
}

/** Starts everything. Returns at once, so that a start can be stopped in the middle. */
export function startDemo(
  options: DemoOptions,
  environment: NodeJS.ProcessEnv,
  listener: DemoListener,
): Demo {
  const fleet = createFleet(listener.onLost);
  const ready = start(fleet, options, environment, listener);
  // Whoever waits sees the failure; after a stop nobody waits any more.
  ready.catch(() => {});
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    await fleet.stop();
    // Nothing is left of an orderly end; this is for a database process that was killed.
    await sweepDirectories();
  };
  return {
    ready,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function start(
  fleet: Fleet,
  options: DemoOptions,
  given: NodeJS.ProcessEnv,
  { onStep, onOutput, onLoad }: DemoListener,
): Promise<DemoReady> {
  const config = readConfig({ ...given, ...(options.port !== null && { PORT: String(options.port) }) });
  await assertPortFree(config.port, config.host, 'PORT or --port');
  const environment = { ...given, LOG_LEVEL: given.LOG_LEVEL || 'warn' };

  const database = await provideDatabase(fleet, config, environment);
  const { applied, seeded, lastProductId } = await prepareDatabase(database.url, seedSize);
  onStep(`PostgreSQL is ready: ${applied.length} migrations applied, ${seeded} products made`);

  const pricing = await startPricing(fleet, environment, onOutput);
  const proxy = options.pricingProxy ? await startPricingProxy(fleet, pricing.ready.url, environment) : null;
  const pricingUrl = proxy?.ready.url ?? pricing.ready.url;
  const tokens = {
    admin: config.adminToken ?? newToken(),
    chaos: options.chaos ? given.FAULTLINE_CHAOS_TOKEN || newToken() : null,
  };
  const startedAtMs = Date.now();
  const surroundings = {
    databaseUrl: database.url,
    pricingUrl,
    pricingProxyUrl: proxy?.ready.apiUrl ?? null,
    adminToken: tokens.admin,
    chaosToken: tokens.chaos,
  };
  const app = await startApi(fleet, config, options, surroundings, environment, onOutput);
  const faultline = options.agent ? await findAgentAddress(app.pid, startedAtMs, environment) : null;
  onStep('The pricing service and the API are ready');

  const target = { url: app.ready.url, adminToken: tokens.admin, productCount: lastProductId };
  const listeners = { onMessage: onLoad, onOutput };
  const load = options.load ? await startLoadGenerator(fleet, options, target, environment, listeners) : null;
  return {
    type: 'ready',
    addresses: {
      app: app.ready.url,
      faultline,
      pricing: pricingUrl,
      pricingProxy: proxy?.ready.apiUrl ?? null,
      chaos: options.chaos ? `${app.ready.url}/chaos` : null,
    },
    tokens,
    pids: {
      app: app.pid,
      pricing: pricing.pid,
      proxy: proxy?.pid ?? null,
      load: load?.pid ?? null,
      postgres: database.pid,
    },
    databaseUrl: database.url,
  };
}

/** 144 bits that nobody can guess. */
const newToken = (): string => randomBytes(18).toString('base64url');
