import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Config } from '../config.js';
import { assertReachable } from '../db/pool.js';
import type { ChildOptions } from './child.js';
import type { Fleet, Launched } from './fleet.js';
import { createMemoryGroup } from './memory-group.js';
import type { DemoOptions } from './options.js';

type OnOutput = NonNullable<ChildOptions<unknown>['onOutput']>;

const readyWithUrl = z.object({ type: z.literal('ready'), url: z.string() });
const readyProxy = readyWithUrl.extend({ apiUrl: z.string() });
const readyServer = readyWithUrl.extend({ pid: z.int() });
const readyAlone = z.object({ type: z.literal('ready') });

/** How long a process may take to end before it is killed. Unit: ms. */
const stopMs = 5_000;
/** PostgreSQL is asked three times, each time less politely; see db/embedded/command.ts. Unit: ms. */
const postgresStopMs = 15_000;

/** A database that answers. `pid` is that of the server, null when it belongs to somebody else. */
export interface ProvidedDatabase {
  readonly url: string;
  readonly pid: number | null;
}

/** The server of DATABASE_URL, or without that an embedded one. */
export async function provideDatabase(
  fleet: Fleet,
  config: Config,
  environment: NodeJS.ProcessEnv,
): Promise<ProvidedDatabase> {
  if (config.databaseUrl !== null) {
    await assertReachable(config.databaseUrl, config.databaseConnectMs);
    return { url: config.databaseUrl, pid: null };
  }
  const { ready } = await fleet.launch(
    { name: 'PostgreSQL', entry: 'db/embedded/main.js', environment, ready: readyServer },
    postgresStopMs,
  );
  return { url: ready.url, pid: ready.pid };
}

/** The pricing service on a free port. */
export function startPricing(
  fleet: Fleet,
  environment: NodeJS.ProcessEnv,
  onOutput: OnOutput,
): Promise<Launched<{ url: string }>> {
  return fleet.launch(
    { name: 'The pricing service', entry: 'pricing/main.js', environment, ready: readyWithUrl, onOutput },
    stopMs,
  );
}

/** The TCP proxy in front of the pricing service, on free ports. */
export function startPricingProxy(
  fleet: Fleet,
  pricingUrl: string,
  environment: NodeJS.ProcessEnv,
): Promise<Launched<{ url: string; apiUrl: string }>> {
  return fleet.launch(
    {
      name: 'The TCP proxy',
      entry: 'pricing/proxy.js',
      environment: { ...environment, UPSTREAM: new URL(pricingUrl).host },
      ready: readyProxy,
    },
    stopMs,
  );
}

/** What the API needs besides its own settings. */
export interface ApiSurroundings {
  readonly databaseUrl: string;
  readonly pricingUrl: string;
  /** API of the proxy in front of the pricing service; null without one. */
  readonly pricingProxyUrl: string | null;
  readonly adminToken: string;
  /** Null leaves chaos off. */
  readonly chaosToken: string | null;
}

/** The API, with OpenTelemetry and the agent loaded before it. */
export function startApi(
  fleet: Fleet,
  config: Config,
  options: DemoOptions,
  surroundings: ApiSurroundings,
  environment: NodeJS.ProcessEnv,
  onOutput: OnOutput,
): Promise<Launched<{ url: string }>> {
  const preloads = [new URL('../telemetry.js', import.meta.url).href];
  if (options.agent) preloads.push(import.meta.resolve('@faultline/agent/register'));
  const group = options.containerMb === null ? null : createMemoryGroup(options.containerMb);
  return fleet.launch(
    {
      name: 'The API',
      entry: 'server.js',
      before: [...limitDescriptors(options.descriptors), ...(group?.before ?? [])],
      ...(group !== null && { onExit: group.remove }),
      execArgv: [
        ...preloads.flatMap((file) => ['--import', file]),
        ...(options.heapMb === null ? [] : [`--max-old-space-size=${options.heapMb}`]),
      ],
      environment: {
        ...environment,
        ...chaosEnvironment(surroundings.chaosToken),
        // A demo may pay for names: a leak is traced to its line, at the price of a few full collections.
        // The demo's database may be asked about the pool's connections. An empty variable asks none.
        FAULTLINE_POOL_ASK_URL: environment.FAULTLINE_POOL_ASK_URL ?? surroundings.databaseUrl,
        FAULTLINE_HEAP_SAMPLING: environment.FAULTLINE_HEAP_SAMPLING || 'on',
        UV_THREADPOOL_SIZE: environment.UV_THREADPOOL_SIZE || String(poolThreads(availableParallelism())),
        OTEL_SERVICE_NAME: environment.OTEL_SERVICE_NAME || 'product-catalog',
        PORT: String(config.port),
        DATABASE_URL: surroundings.databaseUrl,
        PRICING_URL: surroundings.pricingUrl,
        PRICING_PROXY_URL: surroundings.pricingProxyUrl ?? '',
        ADMIN_TOKEN: surroundings.adminToken,
      },
      ready: readyWithUrl,
      onOutput,
    },
    config.shutdownTimeoutMs + stopMs,
  );
}

/** Node raises its own limit as far as it may, so that only a limit that holds from outside counts: the shell sets it and
 *  becomes the process. */
const limitDescriptors = (limit: number | null): readonly string[] =>
  limit === null ? [] : ['sh', '-c', 'ulimit -n "$0" && exec "$@"', String(limit)];

/** Threads of libuv's pool: they derive keys, and should leave one of the CPUs to the event loop. At least one, at most
 *  libuv's usual 4. */
const poolThreads = (cpus: number): number => Math.min(4, Math.max(1, cpus - 1));

const chaosEnvironment = (token: string | null): NodeJS.ProcessEnv =>
  token === null
    ? { FAULTLINE_CHAOS: 'off' }
    : {
        FAULTLINE_CHAOS: 'on',
        FAULTLINE_CHAOS_TOKEN: token,
        FAULTLINE_CHAOS_ENVIRONMENTS: 'demo',
        DEPLOYMENT_ENVIRONMENT: 'demo',
      };

/** The load, aimed at products with ids from 1 to `productCount`. */
export function startLoadGenerator(
  fleet: Fleet,
  options: DemoOptions,
  target: { readonly url: string; readonly adminToken: string; readonly productCount: number },
  environment: NodeJS.ProcessEnv,
  listeners: { readonly onMessage: (message: unknown) => void; readonly onOutput: OnOutput },
): Promise<Launched<unknown>> {
  const values = {
    target: target.url,
    rate: options.rate,
    'export-every': options.exportEverySeconds,
    'feature-every': options.featureEverySeconds,
    'slow-readers': options.slowReaders,
    seed: options.seed,
    products: Math.max(1, target.productCount),
    // Until it is stopped.
    duration: 0,
  };
  return fleet.launch(
    {
      name: 'The load generator',
      entry: 'load.js',
      args: Object.entries(values).map(([flag, value]) => `--${flag}=${value}`),
      environment: { ...environment, ADMIN_TOKEN: target.adminToken },
      ready: readyAlone,
      ...listeners,
    },
    stopMs,
  );
}
