import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import dns from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, createServer as createNetServer, type LookupFunction } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { DependencyReading } from '../../../src/protocol/dependency.js';
import { startDependencySensor } from '../../../src/sensors/dependencies/sensor.js';
import { startPoolSensor } from '../../../src/sensors/pools/registry.js';
import { recordedEvents } from '../../harness/fake-pool.js';

const neverLate = { lateMs: () => 0 };

function startSensor(t: TestContext) {
  const sensor = startDependencySensor(neverLate, false);
  t.after(() => sensor.close());
  return {
    ...sensor,
    of(port: number): DependencyReading {
      const found = sensor.read().find(({ target }) => target.endsWith(`:${port}`));
      assert.ok(found, JSON.stringify(sensor.read()));
      return found;
    },
  };
}

/** Answers /STATUS with that status, never answers /never, and resets /reset. */
async function startUpstream(t: TestContext): Promise<number> {
  const server = http.createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    if (path === '/never') return;
    if (path === '/reset') return void request.socket.resetAndDestroy();
    response.writeHead(Number(path.slice(1))).end('x');
  });
  server.on('upgrade', (_request, socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n'),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createNetServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const answersOf = ({ answered }: DependencyReading): number =>
  answered.counts.reduce((sum, count) => sum + count, 0);

function viaHttp(url: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false, ...(signal && { signal }) }, (response) => {
      response.resume().once('end', resolve);
    });
    request.once('error', () => resolve());
  });
}
async function viaFetch(url: string, signal?: AbortSignal): Promise<void> {
  try {
    await (await fetch(url, signal ? { signal } : {})).text();
  } catch {
    // What became of it, the sensor says.
  }
}

for (const [name, ask] of [
  ['node:http', viaHttp],
  ['fetch', viaFetch],
] as const) {
  test(`${name}: answers are counted by target, without path and query`, async (t) => {
    const sensor = startSensor(t);
    const port = await startUpstream(t);
    for (let turn = 0; turn < 3; turn += 1) await ask(`http://127.0.0.1:${port}/200?token=secret`);
    const reading = sensor.of(port);
    assert.equal(reading.target, `127.0.0.1:${port}`);
    assert.equal(answersOf(reading), 3);
    assert.equal(reading.inFlight, 0);
    assert.ok(reading.answered.sum > 0 && reading.answered.sum < 3, `${reading.answered.sum}`);
    assert.deepEqual(new Set(Object.values(reading.errors)), new Set([0]));
  });

  test(`${name}: each way to fail has its class`, async (t) => {
    const sensor = startSensor(t);
    const port = await startUpstream(t);
    await ask(`http://127.0.0.1:${port}/503`);
    await ask(`http://127.0.0.1:${port}/404`);
    await ask(`http://127.0.0.1:${port}/reset`);
    await ask(`http://127.0.0.1:${port}/never`, AbortSignal.timeout(50));
    await ask(`http://127.0.0.1:${port}/never`, abortSoon());
    const reading = sensor.of(port);
    assert.deepEqual(reading.errors, { refused: 0, reset: 1, timeout: 1, '5xx': 1, dns: 0, other: 0 });
    assert.equal(answersOf(reading), 2);
    assert.equal(reading.inFlight, 0);
    const closed = await closedPort();
    await ask(`http://127.0.0.1:${closed}/200`);
    assert.equal(sensor.of(closed).errors.refused, 1);
    assert.equal(sensor.of(closed).inFlight, 0);
  });

  test(`${name}: a name that nobody knows is a class of its own`, async (t) => {
    const sensor = startSensor(t);
    // The real resolver may take long to say so.
    t.mock.method(dns, 'lookup', (host: string, ...rest: unknown[]) => {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
      process.nextTick(rest.at(-1) as (error: Error) => void, error);
    });
    await ask('http://prices.invalid:8080/200');
    const [reading] = sensor.read();
    assert.equal(reading?.target, 'prices.invalid:8080');
    assert.deepEqual(reading?.errors, { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 1, other: 0 });
    assert.deepEqual([reading?.begun, reading?.inFlight], [1, 0]);
  });

  test(`${name}: a call without an answer is in flight`, async (t) => {
    const sensor = startSensor(t);
    const port = await startUpstream(t);
    const controller = new AbortController();
    const asked = ask(`http://127.0.0.1:${port}/never`, controller.signal);
    await delay(50);
    assert.equal(sensor.of(port).inFlight, 1);
    controller.abort();
    await asked;
    assert.equal(sensor.of(port).inFlight, 0);
  });
}

test('node:http: a call that was given up while it waited for a socket of its agent is no failure of the target', async (t) => {
  const sensor = startSensor(t);
  const port = await startUpstream(t);
  const agent = new http.Agent({ maxSockets: 1 });
  t.after(() => agent.destroy());
  const ask = (signal: AbortSignal) => {
    const request = http.get(`http://127.0.0.1:${port}/never`, { agent, signal });
    return new Promise((resolve) => request.once('error', resolve));
  };
  // The first has its socket, so that only the second gives up in the queue.
  await Promise.all([ask(AbortSignal.timeout(200)), ask(AbortSignal.timeout(50))]);
  const { errors, inFlight } = sensor.of(port);
  assert.deepEqual([errors.timeout, errors.other, inFlight], [1, 0, 0]);
});

test('node:http: a call that got its socket just before its limit is no failure of the target', async (t) => {
  const sensor = startSensor(t);
  const port = await startUpstream(t);
  const agent = new http.Agent({ maxSockets: 1 });
  const pools = startPoolSensor(recordedEvents());
  pools.watch(agent);
  t.after(() => {
    pools.close();
    agent.destroy();
  });
  const ask = (signal: AbortSignal) => {
    const request = http.get(`http://127.0.0.1:${port}/never`, { agent, signal });
    return new Promise((resolve) => request.once('error', resolve));
  };
  await Promise.all([ask(AbortSignal.timeout(300)), ask(AbortSignal.timeout(400))]);
  assert.deepEqual([sensor.of(port).errors.timeout, sensor.of(port).inFlight], [1, 0]);
  // Whoever gives the target most of the time is to be answered in it.
  await Promise.all([ask(AbortSignal.timeout(50)), ask(AbortSignal.timeout(400))]);
  assert.equal(sensor.of(port).errors.timeout, 3);
});

test('node:http: the time in which a name is looked up is known, and 0 for an address and a kept socket', async (t) => {
  const sensor = startSensor(t);
  const port = await startUpstream(t);
  const lookup: LookupFunction = (_host, { all }, callback) => {
    const answer = () =>
      all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4);
    setTimeout(answer, 120);
  };
  const agent = new http.Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const ask = (host: string) =>
    new Promise<void>((resolve) => {
      http.get({ host, port, path: '/200', agent, lookup }, (response) => {
        response.resume().once('end', () => setImmediate(resolve));
      });
    });
  await ask('prices.test');
  await ask('prices.test');
  const { lookupSeconds, answered } = sensor.read().find(({ target }) => target === `prices.test:${port}`)!;
  assert.ok(lookupSeconds > 0.1 && lookupSeconds <= answered.sum, `${lookupSeconds} of ${answered.sum}`);
  assert.ok(lookupSeconds < 0.24, 'the second call has looked nothing up');
  await ask('127.0.0.1');
  assert.equal(sensor.read().find(({ target }) => target === `127.0.0.1:${port}`)?.lookupSeconds, 0);
});

/** Ends the request without an error, as most callers do when it takes too long. */
function destroyedBy(request: http.ClientRequest, event: 'timeout' | 'finish'): Promise<unknown> {
  request.once(event, () => request.destroy());
  return new Promise((resolve) => request.once('error', resolve).end());
}

test('a request that its caller destroys from its time-out has timed out', async (t) => {
  const sensor = startSensor(t);
  const port = await startUpstream(t);
  const url = `http://127.0.0.1:${port}/never`;
  await destroyedBy(http.request(url, { agent: false, timeout: 50 }), 'timeout');
  const later = http.request(url, { agent: false });
  later.setTimeout(50);
  await destroyedBy(later, 'timeout');
  assert.deepEqual(sensor.of(port).errors, { refused: 0, reset: 0, timeout: 2, '5xx': 0, dns: 0, other: 0 });
});

test("a request that its caller destroys for another reason is nobody's fault", async (t) => {
  const sensor = startSensor(t);
  const port = await startUpstream(t);
  await destroyedBy(
    http.request(`http://127.0.0.1:${port}/never`, { agent: false, timeout: 60_000 }),
    'finish',
  );
  await destroyedBy(http.request(`http://127.0.0.1:${port}/never`, { agent: false }), 'finish');
  assert.deepEqual(new Set(Object.values(sensor.of(port).errors)), new Set([0]));
  assert.deepEqual([sensor.of(port).begun, sensor.of(port).inFlight], [2, 0]);
});

test('a server that hangs up without an answer has reset the connection', async (t) => {
  const sensor = startSensor(t);
  const server = createNetServer((socket) => socket.on('error', () => {}).once('data', () => socket.end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await viaHttp(`http://127.0.0.1:${port}/200`);
  await viaFetch(`http://127.0.0.1:${port}/200`);
  assert.equal(sensor.of(port).errors.reset, 2);
});

function abortSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  return controller.signal;
}

test('a connection that is upgraded is no call', async (t) => {
  const sensor = startSensor(t);
  const port = await startUpstream(t);
  const headers = { Connection: 'Upgrade', Upgrade: 'test' };
  const request = http.get({ host: '127.0.0.1', port, headers });
  const [, socket] = await once(request, 'upgrade');
  assert.deepEqual(sensor.read(), []);
  socket.destroy();
});

test('the wait for a socket of an agent is told apart, where Node tells of a request when it is made', async (t) => {
  const sensor = startSensor(t);
  const port = await startUpstream(t);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const held = http.get({ host: '127.0.0.1', port, agent, path: '/never' }).on('error', () => {});
  await delay(30);
  const waiting = once(http.get({ host: '127.0.0.1', port, agent, path: '/200' }), 'response');
  await delay(150);
  held.destroy();
  const [response] = await waiting;
  response.resume();
  const { waitedSeconds, answered } = sensor.of(port);
  const tells = process.version.startsWith('v20.') ? 0 : 0.1;
  assert.ok(waitedSeconds >= tells && waitedSeconds <= answered.sum, `${waitedSeconds} of ${answered.sum}`);
});

test('close() leaves no subscription', () => {
  const names = [
    'http.client.request.created',
    'http.client.request.start',
    'http.client.response.finish',
    'http.client.request.error',
    'undici:request:create',
    'undici:client:sendHeaders',
    'undici:request:headers',
    'undici:request:error',
  ];
  const heard = () => names.filter((name) => channel(name).hasSubscribers);
  const before = heard();
  const sensor = startDependencySensor(neverLate, true);
  assert.deepEqual(heard(), names);
  sensor.close();
  assert.deepEqual(heard(), before);
});
