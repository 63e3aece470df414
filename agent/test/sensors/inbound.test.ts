import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startInboundSensor } from '../../src/sensors/inbound.js';

test('requests are counted when they are begun, and no more after close()', async (t) => {
  const heardBefore = channel('http.server.request.start').hasSubscribers;
  const sensor = startInboundSensor();
  const server = http.createServer((_request, response) => response.end('x'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ask = async () =>
    (await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })).text();
  assert.equal(sensor.read(), 0);
  await ask();
  await ask();
  assert.equal(sensor.read(), 2);
  sensor.close();
  await ask();
  assert.equal(sensor.read(), 2);
  assert.equal(channel('http.server.request.start').hasSubscribers, heardBefore);
});
