import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startProxyServer } from '@faultline/chaos';
import { createPricingClient } from '../../src/pricing/client.js';
import { priceOf } from '../../src/pricing/price.js';
import { startTestPricing } from '../harness/pricing.js';

const idleMs = 50;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The good client behind a proxy that forgets idle connections. */
async function startBehindProxy(t: TestContext) {
  const { good } = await startTestPricing(t);
  const upstream = new URL(good.baseUrl).host;
  const proxy = await startProxyServer({ listen: '127.0.0.1:0', proxies: [{ name: 'pricing', upstream }] });
  t.after(() => proxy.close());
  const toxic = { type: 'idle_reset', stream: 'upstream', attributes: { timeout: idleMs } };
  const added = await fetch(`${proxy.url}/proxies/pricing/toxics`, {
    method: 'POST',
    body: JSON.stringify(toxic),
  });
  assert.equal(added.status, 200);
  const client = createPricingClient(`http://${proxy.addressOf('pricing')}`, {
    timeoutMs: 5_000,
    socketsMax: 4,
  });
  t.after(() => client.close());
  return client;
}

test('behind a proxy that forgets idle connections a kept socket is reset after a pause', async (t) => {
  const client = await startBehindProxy(t);
  assert.deepEqual(await client.priceOf(7), priceOf(7));
  await pause(idleMs * 4);
  await assert.rejects(client.priceOf(7), { code: 'ECONNRESET' });
});

test('without kept sockets no call is reset, whatever the pauses', async (t) => {
  const client = await startBehindProxy(t);
  client.keepSockets(() => false);
  for (let call = 0; call < 4; call += 1) {
    assert.deepEqual(await client.priceOf(7), priceOf(7));
    await pause(idleMs * 2);
  }
  assert.deepEqual(Object.keys(client.agent.freeSockets), []);
});

test('sockets that lie idle are closed with the first call after the switch', async (t) => {
  const { good } = await startTestPricing(t);
  let mayKeep = true;
  good.keepSockets(() => mayKeep);
  const idle = () => Object.values(good.agent.freeSockets).flatMap((list) => list ?? []);
  await Promise.all([7, 8, 9].map((id) => good.priceOf(id)));
  await pause(20);
  assert.equal(idle().length, 3);
  mayKeep = false;
  await good.priceOf(7);
  await pause(20);
  assert.equal(idle().length, 0);
  mayKeep = true;
  await good.priceOf(7);
  await pause(20);
  assert.equal(idle().length, 1);
});
