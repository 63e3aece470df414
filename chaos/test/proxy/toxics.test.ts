import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProxy, type TestProxy } from '../harness/proxy/api.js';
import { type Client, openClient } from '../harness/proxy/client.js';
import { echo, startUpstream } from '../harness/proxy/server.js';
import { eventually } from '../harness/wait.js';

type Test = Parameters<typeof startUpstream>[0];

/** A proxy in front of an echo server, or another one. */
async function start(t: Test, serve: (socket: Socket) => void = echo) {
  const upstream = await startUpstream(t, serve);
  const proxy = await startProxy(t);
  const listen = await proxy.create('p', upstream.address);
  const hits = async (toxic: string) =>
    (await proxy.call('GET', `/proxies/p/toxics/${toxic}`)).body.faultline.hits as number;
  return { ...proxy, upstream, listen, hits, open: () => openClient(t, listen) };
}

/** Timers of Node may fire a little early, and each of two in a row may. Unit: ms. */
const timerSlackMs = 10;
/** What a toxic of this long would hold back is told from what is only slow on a busy machine. Unit: ms. */
const longMs = 10_000;

/** Unit: ms. Sends and waits for the echo. */
async function roundTrip(client: Client, data: string | Buffer): Promise<number> {
  const startedMs = performance.now();
  const before = client.bytes();
  client.socket.write(data);
  await client.received(before + Buffer.byteLength(data));
  return performance.now() - startedMs;
}

for (const stream of ['upstream', 'downstream'] as const) {
  test(`latency delays everything ${stream}, and every chunk by as much, not one after the other`, async (t) => {
    const { poison, open, hits } = await start(t);
    const client = open();
    await roundTrip(client, 'warm');
    await poison('p', { type: 'latency', stream, attributes: { latency: 800 } });
    const beforeMs: number[] = [];
    for (let sent = 0; sent < 10; sent += 1) {
      beforeMs.push(performance.now());
      client.socket.write('chunk');
      await sleep(10);
    }
    const beforeLastMs = beforeMs.at(-1)!;
    await client.received(4 + 50);
    const tookMs = performance.now() - beforeLastMs;
    assert.ok(
      tookMs >= 800 - timerSlackMs && tookMs < 4_000,
      `the last of 10 chunks took ${tookMs} ms, one by one it would be 8000`,
    );
    assert.ok((await hits(`latency_${stream}`)) >= 1);
  });

  test(`bandwidth limits what goes ${stream}`, async (t) => {
    const { poison, open } = await start(t);
    await poison('p', { type: 'bandwidth', stream, attributes: { rate: 100 } });
    const client = open();
    const tookMs = await roundTrip(client, Buffer.alloc(60_000, 'b'));
    assert.ok(tookMs >= 570 && tookMs < 3_000, `60 kB at 100 kB/s took ${tookMs} ms`);
  });

  test(`slow_close delays the end ${stream}, and nothing else`, async (t) => {
    const { poison, open } = await start(t);
    await poison('p', { type: 'slow_close', stream, attributes: { delay: 2_000 } });
    const client = open();
    assert.ok((await roundTrip(client, 'quick')) < 2_000);
    const startedMs = performance.now();
    client.socket.end();
    assert.equal(await client.ended, 'end');
    assert.ok(performance.now() - startedMs >= 2_000 - timerSlackMs);
  });

  test(`timeout closes the connection without a byte ${stream}`, async (t) => {
    const { poison, open, hits } = await start(t);
    await poison('p', { type: 'timeout', stream, attributes: { timeout: 300 } });
    const startedMs = performance.now();
    const client = open();
    client.socket.write('lost');
    assert.equal(await client.ended, 'end');
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs >= 290 && tookMs < 3_000, `it took ${tookMs} ms`);
    assert.equal(client.bytes(), 0);
    assert.equal(await hits(`timeout_${stream}`), 2, 'the data, and the end');
  });

  test(`a timeout of 0 is a black hole ${stream}, whose connections close when it goes`, async (t) => {
    const { poison, open, call, upstream } = await start(t);
    await poison('p', { type: 'timeout', stream });
    const client = open();
    client.socket.write('lost');
    let isOver = false;
    void client.ended.then(() => {
      isOver = true;
    });
    await sleep(300);
    assert.deepEqual([isOver, client.bytes()], [false, 0]);
    assert.equal(upstream.sockets[0]?.bytesRead, stream === 'upstream' ? 0 : 4);
    await call('DELETE', `/proxies/p/toxics/timeout_${stream}`);
    await client.ended;
    assert.equal(client.bytes(), 0, 'a stream with a gap must not go on');
    assert.ok((await roundTrip(open(), 'fresh')) < longMs);
  });

  test(`reset_peer resets both sides ${stream}`, async (t) => {
    const { poison, open, upstream } = await start(t);
    await poison('p', { type: 'reset_peer', stream, attributes: { timeout: 100 } });
    const client = open();
    client.socket.write('lost');
    const server = await eventually('the server is connected', () => upstream.sockets[0] ?? null);
    const serverEnded = new Promise((resolve) =>
      server.once('error', (error) => resolve('code' in error && error.code)),
    );
    assert.equal(await client.ended, 'ECONNRESET');
    assert.equal(await serverEnded, 'ECONNRESET');
  });

  test(`slicer cuts what goes ${stream} into small pieces, and delays each`, async (t) => {
    const sizes: number[] = [];
    const { poison, open } = await start(t, (socket) => {
      socket.on('data', (data) => {
        if (stream === 'upstream') sizes.push(data.byteLength);
        socket.write(data);
      });
    });
    const attributes = { average_size: 100, size_variation: 20, delay: 10_000 };
    await poison('p', { type: 'slicer', stream, attributes });
    const client = open();
    if (stream === 'downstream') client.socket.on('data', (data: Buffer) => sizes.push(data.byteLength));
    const tookMs = await roundTrip(client, Buffer.alloc(4_000, 's'));
    assert.ok(tookMs >= 250, `about 40 pieces, 10 ms apart, took ${tookMs} ms`);
    assert.ok(sizes.length >= 20, `${sizes.length} pieces came`);
  });

  test(`idle_reset resets a connection that was idle ${stream}, with its next data, and no other`, async (t) => {
    const { poison, open, upstream, hits } = await start(t);
    await poison('p', { type: 'idle_reset', stream, attributes: { timeout: longMs } });
    const busy = open();
    await roundTrip(busy, 'one');
    await roundTrip(busy, 'two');
    assert.equal(await hits(`idle_reset_${stream}`), 0);
    await poison('p', { type: 'idle_reset', name: 'short', stream, attributes: { timeout: 100 } });
    await sleep(300);
    assert.equal(busy.socket.readyState, 'open', 'nobody is told before');
    assert.equal(await hits('short'), 0);
    const serverEnded = new Promise((resolve) =>
      upstream.sockets[0]?.once('error', (error) => resolve('code' in error && error.code)),
    );
    busy.socket.write('three');
    assert.equal(await busy.ended, 'ECONNRESET');
    assert.equal(await serverEnded, 'ECONNRESET');
    assert.equal(await hits('short'), 1);
  });

  test(`limit_data closes after so many bytes ${stream}`, async (t) => {
    const { poison, open, upstream } = await start(t);
    await poison('p', { type: 'limit_data', stream, attributes: { bytes: 150 } });
    const client = open();
    await roundTrip(client, Buffer.alloc(100, 'l'));
    client.socket.write(Buffer.alloc(100, 'l'));
    assert.equal(await client.ended, 'end');
    const through = stream === 'upstream' ? upstream.sockets[0]?.bytesRead : client.bytes();
    assert.equal(through, 150);
  });
}

test('a toxic keeps what it has counted while others come and go', async (t) => {
  const { poison, open, call } = await start(t);
  await poison('p', { type: 'limit_data', attributes: { bytes: 150 } });
  const client = open();
  await roundTrip(client, Buffer.alloc(100, 'l'));
  await poison('p', { type: 'latency' });
  await call('DELETE', '/proxies/p/toxics/latency_downstream');
  client.socket.write(Buffer.alloc(100, 'l'));
  assert.equal(await client.ended, 'end');
  assert.equal(client.bytes(), 150);
});

test('jitter varies the delay, and the order stays', async (t) => {
  const { poison, open } = await start(t);
  await poison('p', { type: 'latency', attributes: { latency: 50, jitter: 50 } });
  const client = open();
  const text = Array.from({ length: 40 }, (_, index) => `${index};`);
  for (const part of text) {
    client.socket.write(part);
    await sleep(2);
  }
  const whole = text.join('');
  assert.equal((await client.received(whole.length)).toString(), whole);
});

test('toxics of one direction add up', async (t) => {
  const { poison, open } = await start(t);
  await poison('p', { type: 'latency', name: 'a', attributes: { latency: 200 } });
  await poison('p', { type: 'latency', name: 'b', attributes: { latency: 200 } });
  await poison('p', { type: 'bandwidth', attributes: { rate: 10 } });
  const tookMs = await roundTrip(open(), Buffer.alloc(3_000, 'c'));
  assert.ok(tookMs >= 700 - 3 * timerSlackMs, `200 + 200 + 300 ms took ${tookMs} ms`);
});

test('a latency behind a bandwidth takes nothing away from the rate', async (t) => {
  const { poison, open } = await start(t);
  await poison('p', { type: 'bandwidth', attributes: { rate: 200 } });
  await poison('p', { type: 'latency', attributes: { latency: 200 } });
  const tookMs = await roundTrip(open(), Buffer.alloc(200_000, 'd'));
  assert.ok(tookMs >= 1_150 && tookMs < 4_000, `1000 + 200 ms took ${tookMs} ms`);
});

test('an open connection gets a toxic that is added, changed or removed', async (t) => {
  const { poison, open, call } = await start(t);
  const client = open();
  await roundTrip(client, 'before');
  await poison('p', { type: 'latency', attributes: { latency: 60_000 } });
  const startedMs = performance.now();
  const waiting = roundTrip(client, 'held');
  await sleep(100);
  await call('PATCH', '/proxies/p/toxics/latency_downstream', { attributes: { latency: 300 } });
  assert.ok((await waiting) >= 300 - timerSlackMs);
  await call('PATCH', '/proxies/p/toxics/latency_downstream', { attributes: { latency: 60_000 } });
  const flushed = roundTrip(client, 'held again');
  await sleep(100);
  await call('DELETE', '/proxies/p/toxics/latency_downstream');
  await flushed;
  assert.ok((await roundTrip(client, 'after')) < longMs);
  assert.ok(performance.now() - startedMs < 50_000, 'nothing waited for the whole of a latency of 60 s');
});

test('a bandwidth of 0 holds everything until it is changed', async (t: Test) => {
  const { poison, open, call }: TestProxy & { open(): Client } = await start(t);
  await poison('p', { type: 'bandwidth', attributes: { rate: 0 } });
  const client = open();
  const waiting = roundTrip(client, 'held');
  await sleep(200);
  assert.equal(client.bytes(), 0);
  await call('PATCH', '/proxies/p/toxics/bandwidth_downstream', { attributes: { rate: 1_000 } });
  await waiting;
});
