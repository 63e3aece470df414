import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import type { EndedRequest } from '../../../src/protocol/requests.js';
import { startRequestsSensor } from '../../../src/sensors/http/sensor.js';
import { followServedRequests } from '../../../src/sensors/http/served-requests.js';
import { call } from '../../harness/http.js';
import { served as serve } from '../../harness/served.js';
import { until } from '../../harness/wait.js';

async function start(t: TestContext, wantsEnds = false) {
  const served = followServedRequests();
  const ended: EndedRequest[] = [];
  const sensor = startRequestsSensor(served, {
    wantsEnds: () => wantsEnds,
    onEnd: (request) => void ended.push(request),
    traceIdOf: ({ request }) => (request?.url === '/traced' ? 'ab' : null),
  });
  t.after(() => {
    sensor.close();
    served.close();
  });
  const waiting: ServerResponse[] = [];
  const url = await serve(t, (request, response) => {
    Object.assign(request, { route: { path: '/wait/:id' } });
    waiting.push(response);
  });
  return { sensor, ended, waiting, url };
}

test('shows the oldest ten of those that run, and never what a client has sent', async (t) => {
  const { sensor, waiting, url } = await start(t);
  const calls: Promise<unknown>[] = [];
  for (let index = 0; index < 12; index += 1) {
    calls.push(call(index === 1 ? `${url}/traced` : `${url}/wait/${index}?token=secret`));
    await until('it has come', () => waiting.length === index + 1);
  }
  const { inFlight, running } = sensor.read();
  assert.deepEqual([inFlight, running.length], [12, 10]);
  assert.deepEqual(
    running.map(({ ageMs }) => ageMs),
    running.map(({ ageMs }) => ageMs).toSorted((a, b) => b - a),
  );
  assert.ok(running.every(({ method, route }) => method === 'GET' && route === '/wait/:id'));
  assert.deepEqual(
    running.map(({ traceId }) => traceId),
    [null, 'ab', ...Array<null>(8).fill(null)],
  );
  assert.doesNotMatch(JSON.stringify(sensor.read()), /secret/);
  for (const response of waiting) response.end();
  await Promise.all(calls);
  await until('all have ended', () => sensor.read().inFlight === 0);
  assert.deepEqual(sensor.read().running, []);
});

for (const wanted of [true, false]) {
  test(`${wanted ? 'tells' : 'does not tell'} of each that ends when that is ${wanted ? '' : 'not '}wanted`, async (t) => {
    const { sensor, ended, waiting, url } = await start(t, wanted);
    const asked = call(url);
    await until('it has come', () => waiting.length === 1);
    waiting[0]!.writeHead(202).end();
    await asked;
    await until('it is counted', () => sensor.read().series.length === 1);
    const { seconds, ...rest } = ended[0] ?? { seconds: 0 };
    assert.deepEqual(
      rest,
      wanted ? { method: 'GET', route: '/wait/:id', status: '202', scheme: 'http' } : {},
    );
    assert.equal(seconds > 0, wanted);
  });
}
