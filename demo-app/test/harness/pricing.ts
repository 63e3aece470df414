import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { listen } from '../../src/lifecycle/http-server.js';
import { createLogger } from '../../src/log.js';
import { createPricingClient, type PricingClient } from '../../src/pricing/client.js';
import { createPricingServer } from '../../src/pricing/service.js';

/** The pricing service in this process, with its good client. */
export interface TestPricing {
  readonly good: PricingClient;
  /** Paths that it was asked for, in order. */
  readonly asked: readonly string[];
  /** How many requests it had at a time at the most. */
  most(): number;
}

/** Starts the pricing service until the test ends. */
export async function startTestPricing(
  t: TestContext,
  { timeoutMs = 5_000, socketsMax = 32 } = {},
): Promise<TestPricing> {
  const asked: string[] = [];
  let now = 0;
  let most = 0;
  const service = createPricingServer(createLogger('silent', 'test'));
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    now += 1;
    most = Math.max(most, now);
    response.once('close', () => {
      now -= 1;
    });
    service.emit('request', request, response);
  });
  const listening = await listen(server, 0, '127.0.0.1', 'PRICING_PORT');
  const good = createPricingClient(`http://127.0.0.1:${listening.port}`, { timeoutMs, socketsMax });
  t.after(async () => {
    good.close();
    await listening.close(0);
  });
  return { good, asked, most: () => most };
}
