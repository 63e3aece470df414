/** Entry of the API process. Its settings are the table in config.ts. */
import { createServer } from 'node:http';
import { createChaos } from '@faultline/chaos';
import { createApp } from './app.js';
import { readConfig, required, settings } from './config.js';
import { assertReachable, openDatabase } from './db/pool.js';
import { describeFailure, exitCodeOf } from './failure.js';
import { faults } from './faults.js';
import { runExitTasks } from './lifecycle/at-exit.js';
import { listen } from './lifecycle/http-server.js';
import { onStopRequest, tellParent, tellParentAndWait } from './lifecycle/parent.js';
import { createLogger } from './log.js';
import { createPricingClient } from './pricing/client.js';

/** Time for the last spans and for the pool to leave. Unit: ms. */
const farewellLimitMs = 2_000;

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const databaseUrl = required(settings.databaseUrl, config.databaseUrl);
  const pricingUrl = required(settings.pricingUrl, config.pricingUrl);
  const log = createLogger(config.logLevel, process.env.OTEL_SERVICE_NAME || 'product-catalog');
  await assertReachable(databaseUrl, config.databaseConnectMs);

  const database = openDatabase(
    databaseUrl,
    {
      poolMax: config.databasePoolMax,
      connectMs: config.databaseConnectMs,
      statementMs: config.databaseStatementMs,
    },
    log,
  );
  // Without it the service works as well.
  database.operator.open().catch((error: unknown) => log.warn({ err: error }, 'the session of the operator'));
  const pricing = createPricingClient(pricingUrl, {
    timeoutMs: config.pricingTimeoutMs,
    socketsMax: config.pricingSocketsMax,
  });
  let chaos: ReturnType<typeof createChaos> | null = null;
  let stopping = false;
  const app = createApp({
    config,
    database,
    pricing,
    log,
    isStopping: () => stopping,
    mountChaos(context) {
      chaos = createChaos({ faults, context, environment: process.env, logger: log });
      return chaos.handler;
    },
  });
  const server = createServer({ requestTimeout: config.requestTimeoutMs }, app);
  server.keepAliveTimeout = config.keepAliveTimeoutMs;
  const listening = await listen(server, config.port, config.host, settings.port.variable);

  onStopRequest(async (reason) => {
    stopping = true;
    log.info({ reason }, 'stopping');
    const cut = await listening.close(config.shutdownTimeoutMs);
    if (cut > 0) log.warn({ cut }, 'requests were cut because they took longer than the shutdown may');
    const farewell = Promise.allSettled([chaos?.close(), database.close(), runExitTasks()]);
    await Promise.race([farewell, new Promise((resolve) => setTimeout(resolve, farewellLimitMs))]);
    pricing.close();
    process.exit(cut === 0 ? 0 : 1);
  });
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${listening.port}`;
  log.info({ url }, 'listening');
  tellParent({ type: 'ready', url });
}

try {
  await start();
} catch (error) {
  const message = describeFailure(error);
  if (process.connected) await tellParentAndWait({ type: 'failed', message });
  else process.stderr.write(`${message}\n`);
  process.exit(exitCodeOf(error));
}
