import assert from 'node:assert/strict';
import { Agent, createServer, get } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProxy, type TestProxy } from '../harness/proxy/api.js';
import { openClient } from '../harness/proxy/client.js';
import { echo, startUpstream } from '../harness/proxy/server.js';
import { eventually } from '../harness/wait.js';

type Test = Parameters<typeof startUpstream>[0];

/** Which of the next connections get an echo; the others are reset. */
async function reached(t: Test, listen: string, count: number): Promise<boolean[]> {
  const results: boolean[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = openClient(t, listen);
    client.socket.write('x');
    results.push(
      await client.received(1).then(
        () => true,
        () => false,
      ),
    );
    client.socket.destroy();
  }
  return results;
}

async function resetting(t: Test, fields: object, seed = 1): Promise<{ proxy: TestProxy; listen: string }> {
  const { address } = await startUpstream(t, echo);
  const proxy = await startProxy(t, { seed });
  const listen = await proxy.create('p', address);
  await proxy.poison('p', { type: 'reset_peer', ...fields });
  return { proxy, listen };
}

test('a toxic with a time limit goes by itself, and a change starts its time anew', async (t) => {
  const { proxy, listen } = await resetting(t, { faultline: { ttlMs: 900_000 } });
  const path = '/proxies/p/toxics/reset_peer_downstream';
  const { body } = await proxy.call('GET', path);
  assert.ok(body.faultline.expiresAt - Date.now() > 800_000);
  assert.deepEqual(await reached(t, listen, 1), [false]);
  await proxy.call('PATCH', path, { faultline: { ttlMs: 100 } });
  await eventually('the toxic is gone', async () =>
    (await proxy.call('GET', path)).status === 404 ? true : null,
  );
  assert.deepEqual(await reached(t, listen, 1), [true]);
});

test('a time limit can be extended and taken away', async (t) => {
  const { proxy } = await resetting(t, { faultline: { ttlMs: 200 } });
  const path = '/proxies/p/toxics/reset_peer_downstream';
  await proxy.call('PATCH', path, { faultline: { ttlMs: 60_000 } });
  await sleep(400);
  assert.equal((await proxy.call('GET', path)).status, 200, 'the first limit no longer counts');
  await proxy.call('PATCH', path, { faultline: { ttlMs: 200 } });
  assert.equal(
    (await proxy.call('PATCH', path, { faultline: { ttlMs: null } })).body.faultline.expiresAt,
    null,
  );
  await sleep(400);
  assert.equal((await proxy.call('GET', path)).status, 200);
});

test('only the first connections are concerned', async (t) => {
  const { listen } = await resetting(t, { faultline: { firstConnections: 2 } });
  assert.deepEqual(await reached(t, listen, 5), [false, false, true, true, true]);
});

test('toxicity concerns a share of the connections, the same with the same seed', async (t) => {
  const runs: string[] = [];
  for (const seed of [7, 7, 8]) {
    const { listen } = await resetting(t, { toxicity: 0.4 }, seed);
    const results = await reached(t, listen, 60);
    const share = results.filter((isReached) => !isReached).length / results.length;
    assert.ok(share > 0.15 && share < 0.65, `${share} of the connections were reset`);
    runs.push(results.join());
  }
  assert.equal(runs[0], runs[1]);
  assert.notEqual(runs[0], runs[2]);
});

test('toxicity of 0 concerns nobody', async (t) => {
  const { listen } = await resetting(t, { toxicity: 0 });
  assert.deepEqual(await reached(t, listen, 5), [true, true, true, true, true]);
});

test('per request, one kept connection is slow for some requests and quick for the others', async (t) => {
  const server = createServer((_, response) => response.end('price'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  const bound = server.address();
  assert.ok(bound && typeof bound === 'object');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const slowOnes = async (seed: number): Promise<boolean[]> => {
    const proxy = await startProxy(t, { seed });
    const listen = await proxy.create('p', `127.0.0.1:${bound.port}`);
    const faultline = { perRequest: true };
    await proxy.poison('p', { type: 'latency', toxicity: 0.5, attributes: { latency: 250 }, faultline });
    const slow: boolean[] = [];
    for (let index = 0; index < 16; index += 1) {
      const startedMs = performance.now();
      await new Promise<void>((resolve, reject) => {
        get(`http://${listen}/`, { agent }, (response) => response.resume().on('end', resolve)).on(
          'error',
          reject,
        );
      });
      slow.push(performance.now() - startedMs >= 245);
    }
    const { accepted } = (await proxy.call('GET', '/proxies/p')).body.faultline;
    assert.equal(accepted, 1, 'all requests went over one connection');
    return slow;
  };
  const first = await slowOnes(3);
  assert.ok(first.includes(true) && first.includes(false), first.join());
  assert.deepEqual(await slowOnes(3), first);
});

test('hosts beside loopback are reached only when they are allowed by name', async (t) => {
  const { call } = await startProxy(t, { allowedHosts: ['db.internal'] });
  const wanted = { name: 'a', upstream: 'db.internal:5432' };
  assert.equal((await call('POST', '/proxies', wanted)).status, 201);
  assert.equal(
    (await call('POST', '/proxies', { ...wanted, name: 'b', upstream: 'other.internal:1' })).status,
    403,
  );
});
