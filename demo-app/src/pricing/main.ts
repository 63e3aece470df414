/** Entry of the pricing service's process. PRICING_PORT is its port, 0 or unset for a free one. */

import { readConfig } from '../config.js';
import { describeFailure, exitCodeOf, Failure } from '../failure.js';
import { listen } from '../lifecycle/http-server.js';
import { onStopRequest, tellParent, tellParentAndWait } from '../lifecycle/parent.js';
import { createLogger } from '../log.js';
import { createPricingServer } from './service.js';

const stopLimitMs = 3_000;

function readPort(text = ''): number {
  const port = /^\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure(
    'ERR_DEMO_CONFIG',
    `PRICING_PORT must be an integer from 0 to 65535; got ${JSON.stringify(text.slice(0, 200))}.`,
    2,
  );
}

try {
  const { logLevel } = readConfig(process.env);
  const log = createLogger(logLevel, 'pricing');
  const server = createPricingServer(log);
  const listening = await listen(server, readPort(process.env.PRICING_PORT), '127.0.0.1', 'PRICING_PORT');
  onStopRequest(async (reason) => {
    log.info({ reason }, 'stopping');
    process.exit((await listening.close(stopLimitMs)) === 0 ? 0 : 1);
  });
  const url = `http://127.0.0.1:${listening.port}`;
  log.info({ url }, 'listening');
  tellParent({ type: 'ready', url });
} catch (error) {
  const message = describeFailure(error);
  if (process.connected) await tellParentAndWait({ type: 'failed', message });
  else process.stderr.write(`${message}\n`);
  process.exit(exitCodeOf(error));
}
