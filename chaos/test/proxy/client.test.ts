import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Toxiproxy } from 'toxiproxy-node-client';
import { startProxy } from '../harness/proxy/api.js';
import { openClient } from '../harness/proxy/client.js';
import { echo, startUpstream } from '../harness/proxy/server.js';

test('a client made for Toxiproxy does everything that it can do', async (t) => {
  const { address } = await startUpstream(t, echo);
  const { server } = await startProxy(t);
  const toxiproxy = new Toxiproxy(server.url);
  assert.match(await toxiproxy.getVersion(), /"version"/);
  const proxy = await toxiproxy.createProxy({ name: 'redis', listen: 'localhost:0', upstream: address });
  assert.deepEqual(Object.keys(await toxiproxy.getAll()), ['redis']);

  const toxic = await proxy.addToxic({ type: 'latency', attributes: { latency: 300, jitter: 0 } } as never);
  assert.equal(toxic.name, 'latency_downstream');
  const client = openClient(t, proxy.listen);
  const startedMs = performance.now();
  client.socket.write('late');
  await client.received(4);
  assert.ok(performance.now() - startedMs >= 290);
  assert.equal((await toxic.update({ ...toxic.toJson(), toxicity: 0.25 })).toxicity, 0.25);
  assert.equal((await proxy.getToxic('latency_downstream')).toxicity, 0.25);
  await toxic.remove();
  await assert.rejects(proxy.getToxic('latency_downstream'), /404/);

  assert.equal(
    (await proxy.update({ enabled: false, listen: proxy.listen, upstream: address })).enabled,
    false,
  );
  await toxiproxy.reset();
  assert.equal((await toxiproxy.get('redis')).enabled, true);
  assert.deepEqual(Object.keys(await toxiproxy.populate([{ name: 'two', listen: '', upstream: address }])), [
    'two',
  ]);
  await assert.rejects(toxiproxy.createProxy({ name: 'two', listen: '', upstream: address }), /409/);
  await proxy.remove();
  await assert.rejects(toxiproxy.get('redis'), /404/);
});
