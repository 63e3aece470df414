import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createChaos } from '../../../src/index.js';
import { createFakeAgent } from './fake-agent.js';
import { createFakeFault } from './fake-fault.js';
import { readPlan } from './fake-plan.js';

// A demo without a database: one process that is service, agent and pricing at once, and speaks the demo's messages.
const plan = readPlan(process.env.FAKE_DEMO);
const log = (line: string) => {
  if (plan.log !== null) appendFileSync(plan.log, `${line}\n`);
};
const fault = createFakeFault(log);
const agent = createFakeAgent(plan, fault.state);
const chaos = createChaos({
  faults: [fault.fault],
  context: null,
  environment: {
    FAULTLINE_CHAOS: 'on',
    FAULTLINE_CHAOS_TOKEN: 'chaos-secret',
    FAULTLINE_CHAOS_ENVIRONMENTS: 'demo',
    DEPLOYMENT_ENVIRONMENT: 'demo',
  },
  logger: { info() {}, warn() {} },
});
let isEnabled = true;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/';
  const json = (body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (url.startsWith('/chaos')) {
    request.url = url.slice('/chaos'.length);
    chaos.handler(request, response);
  } else if (url === '/switch-off' || url === '/switch-on') {
    isEnabled = url === '/switch-on' || plan.mitigationFails;
    log(url.slice(1));
    json({ enabled: isEnabled });
  } else if (url === '/incidents') json({ incidents: agent.incidents() });
  else if (url === '/healthz') json({ status: 'ok' });
  else if (url === '/pricing/healthz')
    json({ status: 'ok' }, plan.pricingFails && fault.state.running ? 500 : 200);
  else if (url === '/items') json({ items: [{ id: 1 }] }, plan.unsteady ? 500 : 200);
  else json({ error: 'no such route' }, 404);
}

const server = createServer(answer);
let completed = 0;
const load = setInterval(() => {
  completed += 1;
  if (isEnabled || plan.mitigationFails) fault.hit();
  process.send?.({ type: 'load', sent: completed, completed, errors: 0 });
}, 100);
const tick = setInterval(() => agent.tick(), 20);

async function stop(): Promise<void> {
  clearInterval(load);
  clearInterval(tick);
  await chaos.close();
  server.closeAllConnections();
  server.close();
  log('stopped');
  process.disconnect();
}

process.on('message', (message) => {
  if (Object(message).type === 'stop') void stop();
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  if (plan.startFails) {
    process.send?.({ type: 'failed', message: 'the fake has no database' });
    return;
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  log(`pid ${process.pid}`);
  const behindProxy = process.argv.indexOf('--behind-proxy');
  if (behindProxy > 0) log(`${process.argv[behindProxy + 1]} stands behind the proxy`);
  const heapMb = process.argv.indexOf('--heap-mb');
  if (heapMb > 0) log(`a heap of ${process.argv[heapMb + 1]} MB`);
  const containerMb = process.argv.indexOf('--container-mb');
  if (containerMb > 0) log(`a container of ${process.argv[containerMb + 1]} MB`);
  process.send?.({
    type: 'ready',
    addresses: { app: url, faultline: url, pricing: `${url}/pricing`, chaos: `${url}/chaos` },
    tokens: { admin: 'admin-secret', chaos: 'chaos-secret' },
    pids: { app: process.pid },
    databaseUrl: 'none',
  });
  if (plan.diesAfterMs > 0) setTimeout(() => process.exit(3), plan.diesAfterMs);
});
