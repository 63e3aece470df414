import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pricingBlackHole } from '../../src/faults/pricing-black-hole.js';
import { type PricingNetworkContext, slowPricing } from '../../src/faults/slow-pricing.js';
import { LeaseBook } from '../../src/lease/lease-book.js';
import { createNetworkDoor } from '../../src/network/door.js';
import { createKeeper, toxicTtlMs } from '../../src/network/keeper.js';
import { startProxy, type TestProxy } from '../harness/proxy/api.js';
import { openClient } from '../harness/proxy/client.js';
import { echo, startUpstream } from '../harness/proxy/server.js';
import { eventually } from '../harness/wait.js';

type Test = Parameters<typeof startUpstream>[0];

const silent = { info() {}, warn() {} };
const latency = { type: 'latency', stream: 'downstream', attributes: { latency: 200 } } as const;

async function start(t: Test) {
  const { address } = await startUpstream(t, echo);
  const proxy = await startProxy(t);
  const listen = await proxy.create('pricing', address);
  const door = createNetworkDoor({ apiUrl: proxy.server.url, proxy: 'pricing', hint: '' });
  return { ...proxy, listen, door };
}

/** The same, with a book that lends its toxics. */
async function startLeases(t: Test) {
  const proxy = await start(t);
  const context = { pricingNetwork: proxy.door };
  const leases = new LeaseBook<PricingNetworkContext>({ faults: 1, context, logger: silent });
  t.after(() => leases.close());
  return { proxy, leases };
}

const toxicsOf = async ({ call }: TestProxy) => (await call('GET', '/proxies/pricing/toxics')).body;

async function roundTripMs(t: Test, listen: string): Promise<number> {
  const client = openClient(t, listen);
  const startedMs = performance.now();
  client.socket.write('x');
  await client.received(1);
  client.socket.destroy();
  return performance.now() - startedMs;
}

test('slow-pricing holds its toxic under a lease, counts its hits, and is verified to be gone', async (t) => {
  const { proxy, leases } = await startLeases(t);
  const parameters = { latencyMs: 1_500, jitterMs: 0 };
  const lease = await leases.start({ fault: slowPricing, parameters, ttlMs: 60_000, drill: null });
  await eventually('the toxic is there', async () => ((await toxicsOf(proxy)).length === 1 ? true : null));
  assert.ok((await roundTripMs(t, proxy.listen)) >= 1_490);
  const signal = await eventually('it is counted', () => {
    const found = leases.running()[0]?.signal;
    return found && found.hits > 0 ? found : null;
  });
  assert.ok(signal.firstHitAt !== null && Math.abs(Date.now() - signal.firstHitAt) < 20_000);
  leases.end(lease.id, null);
  await eventually('the toxic is gone', async () => ((await toxicsOf(proxy)).length === 0 ? true : null));
  assert.ok((await roundTripMs(t, proxy.listen)) < 1_500);
  const revert = await eventually('the end is judged', () => {
    const found = leases.ended()[0]?.revert;
    return found && found.verified !== null ? found : null;
  });
  assert.equal(revert.verified, true);
});

test('a lease that runs out takes its toxic with it', { timeout: 60_000 }, async (t) => {
  const { proxy, leases } = await startLeases(t);
  // Long enough to open a connection into the black hole on a machine that is slow: one that is opened later never ends.
  await leases.start({ fault: pricingBlackHole, parameters: { toxicity: 1 }, ttlMs: 3_000, drill: null });
  const [toxic] = await eventually('the toxic is there', async () => {
    const toxics = await toxicsOf(proxy);
    return toxics.length === 1 ? toxics : null;
  });
  assert.deepEqual([toxic.type, toxic.attributes], ['timeout', { timeout: 0 }]);
  const client = openClient(t, proxy.listen);
  client.socket.write('x');
  await eventually('the toxic is gone', async () => ((await toxicsOf(proxy)).length === 0 ? true : null));
  assert.equal(leases.ended()[0]?.ending, 'expired');
  await client.ended;
  assert.equal(client.bytes(), 0);
  assert.ok((await roundTripMs(t, proxy.listen)) < 5_000);
});

test('the toxic lives for seconds only, unless it is renewed', async (t) => {
  const proxy = await start(t);
  const toxicsUrl = `${proxy.server.url}/proxies/pricing/toxics`;
  const keeper = createKeeper({ toxicsUrl, toxic: { ...latency, name: 'kept' } });
  await keeper.renew();
  const expiresAt = async () => (await toxicsOf(proxy))[0]?.faultline.expiresAt;
  const first = await expiresAt();
  assert.ok(first - Date.now() <= toxicTtlMs && toxicTtlMs <= 30_000);
  await eventually('it is extended', async () => {
    await keeper.renew();
    return (await expiresAt()) > first ? true : null;
  });
  // One that ran out meanwhile comes again, and what it did before still counts.
  await roundTripMs(t, proxy.listen);
  const { hits } = await keeper.renew();
  assert.ok(hits >= 1);
  await proxy.call('POST', '/reset');
  assert.equal((await keeper.renew()).hits, hits);
  await roundTripMs(t, proxy.listen);
  assert.ok((await keeper.renew()).hits > hits);
  assert.equal(await keeper.remove(), true);
  assert.deepEqual(await toxicsOf(proxy), []);
});

test('a proxy that is not there does no harm, and what is not removed is not called removed', async (t) => {
  const { address, close } = await startUpstream(t, echo);
  await close();
  const keeper = createKeeper({
    toxicsUrl: `http://${address}/proxies/pricing/toxics`,
    toxic: { ...latency, name: 'kept' },
  });
  assert.equal((await keeper.renew()).hits, 0);
  assert.equal(await keeper.remove(), false);
});

test('without a proxy the fault says how to get one', () => {
  const door = createNetworkDoor({ apiUrl: null, proxy: 'pricing', hint: 'start it with --so' });
  assert.throws(
    () => door.useToxic(latency),
    /^Error: there is no proxy in front of pricing; start it with --so$/,
  );
});
