import assert from 'node:assert/strict';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { startRequestsSensor } from '../../../src/sensors/http/sensor.js';
import { followServedRequests } from '../../../src/sensors/http/served-requests.js';
import { awaitingReaders, unsentBytesOf } from '../../../src/sensors/http/slow-readers.js';
import type { PoolAdapter, PoolRecorder } from '../../../src/sensors/pools/adapter.js';
import { startPoolSensor } from '../../../src/sensors/pools/registry.js';
import { trackRequests } from '../../../src/sensors/tracked-requests.js';
import { recordedEvents } from '../../harness/fake-pool.js';
import { served as serve } from '../../harness/served.js';
import { until } from '../../harness/wait.js';

/** More than sockets take without a reader. Unit: bytes. */
const muchBytes = 64 * 1024 * 1024;

/** A pool that anybody may take from. */
function endlessPool(): PoolAdapter & { take(): void } {
  let recorder: PoolRecorder | null = null;
  // The agent itself keeps none of them alive.
  const out = new Set<object>();
  const take = () => {
    const thing = {};
    recorder?.ask(take).given(thing);
    out.add(thing);
  };
  return {
    name: 'things',
    kind: 'database',
    read: () => ({ used: out.size, idle: 0, waiting: 0, max: null }),
    observe(given) {
      recorder = given;
      return () => {};
    },
    take,
  };
}

/** A service whose every request takes a connection and then answers: /much more than is read, /little at once, and /never
 *  not at all. */
async function start(t: TestContext) {
  const followed = followServedRequests();
  const source = trackRequests(followed);
  const requests = startRequestsSensor(followed, {
    wantsEnds: () => false,
    onEnd() {},
    traceIdOf: () => null,
  });
  const readers = { mark: source.mark, awaiting: () => awaitingReaders(followed, source.markOf) };
  const pools = startPoolSensor(recordedEvents(), source.current, readers);
  t.after(() => {
    for (const part of [pools, requests, source, followed]) part.close();
  });
  const pool = endlessPool();
  pools.watch(pool);
  const url = await serve(t, (request, response) => {
    pool.take();
    if (request.url === '/much') response.write(Buffer.alloc(muchBytes));
    else if (request.url === '/little') response.end('little');
  });
  const ask = (path: string) =>
    new Promise<IncomingMessage>((resolve) => {
      const request = get(url + path, { agent: false }, resolve);
      request.on('error', () => {});
      t.after(() => request.destroy());
    });
  const held = () => pools.read()[0]?.held.map(({ awaitsReader }) => awaitsReader);
  return { url, ask, held, requests, pool };
}

test('a connection is known to wait for a reader while its response does, and no longer', async (t) => {
  const { ask, held, requests } = await start(t);
  const response = await ask('/much');
  await until('the response waits', () => held()?.[0] === true);
  const [running] = requests.read().running;
  assert.ok(running?.unsentBytes !== undefined && running.unsentBytes > 1024 * 1024, JSON.stringify(running));
  response.resume();
  await until('everything is read', () => held()?.[0] === false);
  assert.ok(!('unsentBytes' in requests.read().running[0]!));
});

test('of several requests only the one that is read slowly waits', async (t) => {
  const { url, ask, held } = await start(t);
  (await ask('/little')).resume();
  get(`${url}/never`, { agent: false }).on('error', () => {});
  await until('both have come', () => held()?.length === 2);
  await ask('/much');
  await until('the last one waits', () => held()?.[2] === true);
  assert.deepEqual(held(), [false, false, true]);
});

test('what was taken outside of a request is not known to wait for anybody', async (t) => {
  const { held, pool } = await start(t);
  pool.take();
  assert.deepEqual(held(), [undefined]);
});

test('a reader that has gone away is no slow reader', async (t) => {
  const { ask, held } = await start(t);
  const response = await ask('/much');
  await until('the response waits', () => held()?.[0] === true);
  response.destroy();
  await until('nobody waits', () => held()?.[0] === false);
});

test('a response that throws, or that nobody has, waits for nobody', () => {
  const broken = {
    get writableNeedDrain(): boolean {
      throw new Error('mine');
    },
  } as ServerResponse;
  for (const response of [null, broken, {} as ServerResponse]) assert.equal(unsentBytesOf(response), null);
});
