import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createChaos, type Fault } from '../../src/index.js';
import { callJson } from './controls.js';

// A service whose fault blocks the loop for as long as its lease lives. Prints what happened and how long it took.
const context = { stopped: false };
const blocking: Fault<typeof context> = {
  id: 'blocking',
  breaks: 'The main thread.',
  parameters: {},
  mustCause: 'event-loop-stall',
  mustNotCause: [],
  start(_parameters, given, lease) {
    setImmediate(() => {
      const startedAt = performance.now();
      while (!lease.expired() && performance.now() - startedAt < 20_000);
      const blockedMs = performance.now() - startedAt;
      console.log(JSON.stringify({ blockedMs, expired: lease.expired(), stoppedDuringBlock: given.stopped }));
    });
    return {
      signal: () => ({ hits: 1, firstHitAt: 1, lastHitAt: 1 }),
      stop() {
        given.stopped = true;
        console.log(JSON.stringify({ stopped: true }));
      },
    };
  },
};
const environment = {
  FAULTLINE_CHAOS: 'on',
  FAULTLINE_CHAOS_TOKEN: 'secret',
  FAULTLINE_CHAOS_ENVIRONMENTS: 'test',
  NODE_ENV: 'test',
};
const chaos = createChaos({ faults: [blocking], context, environment, logger: { info() {}, warn() {} } });
const server = createServer((request, response) => chaos.handler(request, response));
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await callJson(url, 'POST', '/faults/blocking', { ttlMs: 400 });
  let listed = await callJson(url, 'GET', '/leases');
  while ((listed.body.leases as unknown[]).length > 0) listed = await callJson(url, 'GET', '/leases');
  const [ended] = listed.body.ended as Record<string, unknown>[];
  console.log(JSON.stringify({ ending: ended?.ending }));
  server.closeAllConnections();
  server.close();
  await chaos.close();
});
