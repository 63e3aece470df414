import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { idleBounds, type SocketReuse } from '../../../src/protocol/dependency.js';
import { startDependencySensor } from '../../../src/sensors/dependencies/sensor.js';
import { countOf } from '../../harness/fake-pool.js';
import { until } from '../../harness/wait.js';

/** Resets /reset and answers everything else, with a body that takes as many ms as the path says. */
async function startUpstream(t: TestContext): Promise<string> {
  const server = http.createServer((request, response) => {
    if (request.url === '/reset') return void request.socket.resetAndDestroy();
    response.write('begun');
    setTimeout(() => response.end('over'), Number(request.url!.slice(1)));
  });
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks through one agent with one kept socket. */
function viaHttp(t: TestContext) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return (url: string) =>
    new Promise<void>((resolve) => {
      const request = http.get(url, { agent }, (response) => response.resume());
      request.once('error', () => resolve());
      request.once('close', () => setImmediate(resolve));
    });
}
/** fetch() keeps its sockets by itself. */
const viaFetch = () => async (url: string) => {
  try {
    await (await fetch(url)).text();
    // Its socket is free a moment after the text is there.
    await delay(20);
  } catch {
    // What became of it, the sensor says.
  }
};

for (const [name, client] of [
  ['node:http', viaHttp],
  ['fetch', viaFetch],
] as const) {
  const start = async (t: TestContext) => {
    const sensor = startDependencySensor({ lateMs: () => 0 }, false);
    t.after(() => sensor.close());
    const url = await startUpstream(t);
    const read = (): SocketReuse => {
      const sockets = sensor.read().find(({ target }) => url.endsWith(target))?.sockets;
      assert.ok(sockets !== undefined);
      return sockets;
    };
    const countsOf = () => {
      const { freshAnswered, freshReset, reusedAnswered, reusedReset } = read();
      return [freshAnswered, freshReset, countOf(reusedAnswered), countOf(reusedReset)];
    };
    return { url, ask: client(t), read, countsOf };
  };

  test(`${name}: calls are told by their sockets, new ones from such as were used before`, async (t) => {
    const { url, ask, countsOf } = await start(t);
    await ask(`${url}/0`);
    assert.deepEqual(countsOf(), [1, 0, 0, 0]);
    await ask(`${url}/0`);
    await ask(`${url}/0`);
    assert.deepEqual(countsOf(), [1, 0, 2, 0]);
    await ask(`${url}/reset`);
    await until('the reset is counted', () => countsOf()[3] === 1);
    await ask(`${url}/reset`);
    await until('the other reset is counted', () => countsOf()[1] === 1);
    assert.deepEqual(countsOf(), [1, 1, 2, 1]);
  });

  test(`${name}: a socket is idle from the end of an answer to the next call`, async (t) => {
    const { url, ask, read } = await start(t);
    const bodyMs = 600;
    const pauseMs = 120;
    await ask(`${url}/${bodyMs}`);
    const endedMs = performance.now();
    await delay(pauseMs);
    await ask(`${url}/0`);
    const { sum, counts } = read().reusedAnswered;
    // A busy machine may make the pause longer, but the body belongs to the call before.
    const mostMs = performance.now() - endedMs + bodyMs / 2;
    assert.ok(sum * 1_000 >= pauseMs * 0.9 && sum * 1_000 < mostMs, `${sum} s, at most ${mostMs} ms`);
    const bucket = counts.indexOf(1);
    assert.ok(sum <= idleBounds[bucket]! && sum > idleBounds[bucket - 1]!, `${sum} s in bucket ${bucket}`);
  });
}

test('a call that fails before it has a socket says nothing of sockets', async (t) => {
  const sensor = startDependencySensor({ lateMs: () => 0 }, false);
  t.after(() => sensor.close());
  const server = http.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await viaHttp(t)(`http://127.0.0.1:${port}/0`);
  const [reading] = sensor.read();
  assert.equal(reading?.errors.refused, 1);
  assert.equal(reading?.sockets, undefined);
});

test('the listeners on requests take none of the places that a host has', async (t) => {
  const sensor = startDependencySensor({ lateMs: () => 0 }, false);
  t.after(() => sensor.close());
  const url = await startUpstream(t);
  const request = http.get(`${url}/0`, (response) => response.resume());
  const places: number[] = [];
  request.once('response', () => {
    places.push(request.getMaxListeners() - request.listenerCount('close'));
  });
  await new Promise((resolve) => request.once('close', resolve));
  // The place that the promise takes is the host's own.
  assert.deepEqual(places, [9]);
});
