import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProxy } from '../harness/proxy/api.js';
import { openClient } from '../harness/proxy/client.js';
import { echo, startUpstream } from '../harness/proxy/server.js';

const shown = ({ faultline: _, ...known }: Record<string, unknown>) => known;

test("answers Toxiproxy's documented calls in their order", async (t) => {
  const { address } = await startUpstream(t, echo);
  const { call } = await startProxy(t);
  assert.deepEqual(await call('GET', '/proxies'), { status: 200, body: {} });
  assert.match((await call('GET', '/version')).body.version, /^\d+\.\d+\.\d+$/);

  const created = await call('POST', '/proxies', { name: 'redis', listen: '127.0.0.1:0', upstream: address });
  assert.equal(created.status, 201);
  const { listen } = created.body;
  assert.match(listen, /^127\.0\.0\.1:[1-9]\d+$/);
  const plain = { name: 'redis', listen, upstream: address, enabled: true, toxics: [] };
  assert.deepEqual(shown(created.body), plain);
  assert.deepEqual(shown((await call('GET', '/proxies')).body.redis), plain);
  assert.deepEqual(shown((await call('GET', '/proxies/redis')).body), plain);

  const added = await call('POST', '/proxies/redis/toxics', {
    type: 'latency',
    attributes: { latency: 1000 },
  });
  const toxic = {
    attributes: { latency: 1000, jitter: 0 },
    name: 'latency_downstream',
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
  };
  assert.equal(added.status, 200);
  assert.deepEqual(shown(added.body), toxic);
  assert.deepEqual((await call('GET', '/proxies/redis/toxics')).body.map(shown), [toxic]);
  assert.deepEqual(shown((await call('GET', '/proxies/redis')).body.toxics[0]), toxic);
  assert.deepEqual(shown((await call('GET', '/proxies/redis/toxics/latency_downstream')).body), toxic);

  for (const method of ['POST', 'PATCH']) {
    const changed = await call(method, '/proxies/redis/toxics/latency_downstream', {
      attributes: { jitter: 5 },
      toxicity: 0.5,
    });
    assert.equal(changed.status, 200);
    const expected = { ...toxic, toxicity: 0.5, attributes: { latency: 1000, jitter: 5 } };
    assert.deepEqual(shown(changed.body), expected);
  }
  assert.deepEqual(await call('DELETE', '/proxies/redis/toxics/latency_downstream'), {
    status: 204,
    body: undefined,
  });
  assert.deepEqual((await call('GET', '/proxies/redis/toxics')).body, []);

  for (const method of ['POST', 'PATCH']) {
    const down = await call(method, '/proxies/redis', { enabled: false });
    assert.deepEqual(shown(down.body), { ...plain, enabled: false });
    await assert.rejects(openClient(t, listen).received(1), /ECONNREFUSED/);
    assert.equal((await call(method, '/proxies/redis', { enabled: true })).body.enabled, true);
  }
  const client = openClient(t, listen);
  client.socket.write('OK');
  assert.equal((await client.received(2)).toString(), 'OK');

  assert.deepEqual(await call('DELETE', '/proxies/redis'), { status: 204, body: undefined });
  await assert.rejects(openClient(t, listen).received(1), /ECONNREFUSED/);
});

test('populate creates what is missing, replaces what differs and leaves alone what is the same', async (t) => {
  const { address } = await startUpstream(t, echo);
  const { call, poison } = await startProxy(t);
  const first = await call('POST', '/populate', [
    { name: 'one', upstream: address },
    { name: 'two', upstream: address, enabled: false },
  ]);
  assert.equal(first.status, 201);
  assert.deepEqual(
    first.body.proxies.map((proxy: { name: string; enabled: boolean }) => [proxy.name, proxy.enabled]),
    [
      ['one', true],
      ['two', false],
    ],
  );
  const [one, two] = first.body.proxies;
  await poison('one', { type: 'slow_close', attributes: { delay: 1 } });
  await poison('two', { type: 'slow_close', attributes: { delay: 1 } });
  const second = await call('POST', '/populate', [
    { name: 'one', listen: one.listen, upstream: address },
    { name: 'two', listen: two.listen, upstream: '127.0.0.1:1', enabled: false },
  ]);
  assert.equal(second.status, 201);
  assert.deepEqual(
    second.body.proxies.map((proxy: { toxics: unknown[] }) => proxy.toxics.length),
    [1, 0],
  );
  const third = await call('POST', '/populate', [{ name: 'three', upstream: address }, { name: 'four' }]);
  assert.deepEqual(third, {
    status: 400,
    body: { error: 'missing required field: upstream at proxy 2', status: 400, proxies: [] },
  });
  assert.equal((await call('GET', '/proxies/three')).status, 404);
});

test('reset brings every proxy up and takes every toxic away', async (t) => {
  const { address } = await startUpstream(t, echo);
  const { call, poison, create } = await startProxy(t);
  const listen = await create('one', address);
  await poison('one', { type: 'timeout' });
  await call('PATCH', '/proxies/one', { enabled: false });
  assert.deepEqual(await call('POST', '/reset'), { status: 204, body: undefined });
  const { body } = await call('GET', '/proxies/one');
  assert.deepEqual([body.enabled, body.toxics, body.listen], [true, [], listen]);
});

test('says what is wrong, with the status that Toxiproxy gives it', async (t) => {
  const { address } = await startUpstream(t, echo);
  const { call, create, poison } = await startProxy(t);
  const listen = await create('one', address);
  await poison('one', { type: 'latency' });
  const toxics = '/proxies/one/toxics';
  const latency = `${toxics}/latency_downstream`;
  const rows: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    ['POST', '/proxies', '{', 400, /^bad request body: /],
    ['POST', '/proxies', '', 400, /^bad request body: /],
    ['POST', '/proxies', [], 400, /must be a JSON object/],
    ['POST', '/proxies', { upstream: address }, 400, /^missing required field: name$/],
    ['POST', '/proxies', { name: 'two' }, 400, /^missing required field: upstream$/],
    ['POST', '/proxies', { name: 'two', upstream: 'nowhere' }, 400, /upstream must be host:port/],
    ['POST', '/proxies', { name: 'two', upstream: '127.0.0.1:70000' }, 400, /upstream must be host:port/],
    ['POST', '/proxies', { name: 'two', upstream: 'example.org:80' }, 403, /start the proxy with --allow/],
    ['POST', '/proxies', { name: 'two', upstream: address, listen: '0.0.0.0:0' }, 403, /--allow 0\.0\.0\.0/],
    ['POST', '/proxies', { name: 'two', upstream: address, listen }, 500, /the port is taken/],
    ['POST', '/proxies', { name: 'a/b', upstream: address }, 400, /without a slash/],
    ['POST', '/proxies', { name: 'one', upstream: address }, 409, /^proxy already exists$/],
    ['POST', '/proxies', { name: 'x'.repeat(200_000), upstream: address }, 413, /131072 bytes/],
    ['GET', '/proxies/two', undefined, 404, /^proxy not found$/],
    ['PATCH', '/proxies/two', {}, 404, /^proxy not found$/],
    ['DELETE', '/proxies/two', undefined, 404, /^proxy not found$/],
    ['GET', '/proxies/two/toxics', undefined, 404, /^proxy not found$/],
    ['PATCH', '/proxies/one', { name: 'two' }, 400, /cannot be changed/],
    ['PATCH', '/proxies/one', { enabled: 'no' }, 400, /enabled must be true or false, got "no"/],
    ['POST', toxics, { type: 'latency' }, 409, /^toxic already exists$/],
    ['POST', toxics, { type: 'latancy' }, 400, /^invalid toxic type: "latancy"; there are latency, /],
    ['POST', toxics, {}, 400, /^invalid toxic type/],
    ['POST', toxics, { type: 'latency', stream: 'sideways' }, 400, /^stream was invalid, can be either/],
    [
      'POST',
      toxics,
      { type: 'timeout', toxicity: 1.1 },
      400,
      /toxicity must be a number from 0 to 1, got 1.1/,
    ],
    ['POST', toxics, { type: 'timeout', attributes: { timeout: -1 } }, 400, /timeout of timeout must be/],
    ['POST', toxics, { type: 'timeout', attributes: { timeuot: 1 } }, 400, /timeout has no "timeuot"/],
    ['POST', toxics, { type: 'slicer' }, 400, /average_size of slicer must be an integer from 1/],
    ['POST', toxics, { type: 'timeout', faultline: { ttlMs: 0 } }, 400, /faultline\.ttlMs/],
    ['GET', `${toxics}/none`, undefined, 404, /^toxic not found$/],
    ['PATCH', `${toxics}/none`, {}, 404, /^toxic not found$/],
    ['DELETE', `${toxics}/none`, undefined, 404, /^toxic not found$/],
    ['PATCH', latency, { type: 'timeout' }, 400, /type of a toxic cannot be changed/],
    ['POST', '/populate', {}, 400, /a list of proxies is expected/],
    ['GET', '/nothing', undefined, 404, /no route/],
    ['PUT', '/proxies', {}, 405, /GET, POST, got PUT/],
  ];
  for (const [method, path, body, status, error] of rows) {
    const answer = await call(method, path, body);
    assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(body)?.slice(0, 80)}`);
    assert.equal(answer.body.status, status);
    assert.match(answer.body.error, error);
  }
  // None of it has changed anything.
  const { body } = await call('GET', '/proxies');
  assert.deepEqual(Object.keys(body), ['one']);
  assert.equal(body.one.toxics.length, 1);
});

test('a new address that cannot be listened on leaves the proxy where it was', async (t) => {
  const { address } = await startUpstream(t, echo);
  const { call, create } = await startProxy(t);
  const listen = await create('one', address);
  const answer = await call('PATCH', '/proxies/one', { listen: address });
  assert.equal(answer.status, 500);
  const client = openClient(t, listen);
  client.socket.write('still here');
  assert.equal((await client.received(10)).toString(), 'still here');
});

test('web pages and rebound host names are refused', async (t) => {
  const { server } = await startProxy(t);
  const { request } = await import('node:http');
  const status = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      request(`${server.url}/reset`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  assert.equal(await status({}), 204);
  assert.equal(await status({ origin: 'http://127.0.0.1:3000' }), 403);
  assert.equal(await status({ 'user-agent': 'Mozilla/5.0' }), 403);
  assert.equal(await status({ host: 'rebound.example.org:8474' }), 403);
});

test('the API listens on loopback only, and says when its port is taken', async (t) => {
  const { server } = await startProxy(t);
  const taken = new URL(server.url).host;
  await assert.rejects(startProxy(t, { listen: taken }), /the port is taken; choose another with --listen/);
  await assert.rejects(startProxy(t, { listen: '0.0.0.0:0' }), /this machine only/);
  await assert.rejects(startProxy(t, { proxies: [{ name: 'a' }] }), /missing required field: upstream/);
});
