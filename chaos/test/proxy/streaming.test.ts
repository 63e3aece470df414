import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/proxy/random.js';
import { startProxyServer } from '../../src/proxy/start.js';
import { startProxy } from '../harness/proxy/api.js';
import { openClient } from '../harness/proxy/client.js';
import { echo, startUpstream } from '../harness/proxy/server.js';
import { eventually } from '../harness/wait.js';

const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');

for (let seed = 1; seed <= 12; seed += 1) {
  test(`bytes stay whole and in order both ways under random toxics, seed ${seed}`, async (t) => {
    const random = createRandom('streaming', seed);
    const pick = (max: number) => Math.floor(random() * max);
    const bytes = (size: number) => Buffer.from(Array.from({ length: size }, () => pick(256)));
    const up = bytes(pick(120_000));
    const down = bytes(pick(120_000));
    const arrived: Buffer[] = [];
    let onEnd: () => void;
    const received = new Promise<void>((resolve) => {
      onEnd = resolve;
    });
    const { address } = await startUpstream(t, (socket) => {
      socket.on('data', (data: Buffer) => arrived.push(data));
      socket.on('end', () => onEnd());
      socket.end(down);
    });
    const { create, poison, call } = await startProxy(t, { seed });
    const listen = await create('p', address);
    const toxic = () => {
      const stream = pick(2) === 0 ? 'upstream' : 'downstream';
      const name = `t${pick(1_000_000_000)}`;
      const kinds = [
        { type: 'latency', attributes: { latency: pick(60), jitter: pick(60) } },
        {
          type: 'slicer',
          attributes: { average_size: 200 + pick(5_000), size_variation: pick(200), delay: pick(300) },
        },
        { type: 'bandwidth', attributes: { rate: 300 + pick(3_000) } },
        { type: 'slow_close', attributes: { delay: pick(100) } },
      ];
      return { name, stream, toxicity: random() < 0.5 ? 1 : 0.5, ...kinds[pick(kinds.length)] };
    };
    const first = [toxic(), toxic(), toxic()];
    for (const one of first) await poison('p', one);
    const client = openClient(t, listen);
    for (let at = 0; at < up.byteLength; ) {
      const size = 1 + pick(20_000);
      client.socket.write(up.subarray(at, at + size));
      at += size;
      if (pick(3) === 0) await sleep(pick(15));
      if (pick(4) === 0) await poison('p', toxic());
      if (pick(4) === 0) await call('DELETE', `/proxies/p/toxics/${first.pop()?.name ?? 'none'}`);
    }
    client.socket.end();
    await received;
    assert.equal(digest(await client.all()), digest(down));
    assert.equal(digest(Buffer.concat(arrived)), digest(up));
    assert.equal(await client.ended, 'end');
  });
}

test('a half-close passes, and the answer still comes', async (t) => {
  const { address } = await startUpstream(t, (socket) => {
    socket.resume();
    socket.on('end', () => socket.end('answer after your end'));
  });
  const { create } = await startProxy(t);
  const client = openClient(t, await create('p', address));
  client.socket.end('question');
  assert.equal((await client.all()).toString(), 'answer after your end');
});

test('a reset of either side reaches the other', async (t) => {
  const { address, sockets } = await startUpstream(t, echo);
  const { create } = await startProxy(t);
  const listen = await create('p', address);
  const one = openClient(t, listen);
  one.socket.write('a');
  await one.received(1);
  sockets[0]?.resetAndDestroy();
  assert.equal(await one.ended, 'ECONNRESET');

  const two = openClient(t, listen);
  two.socket.write('b');
  await two.received(1);
  const server = sockets[1];
  assert.ok(server);
  const ended = new Promise((resolve) =>
    server.once('error', (error) => resolve('code' in error && error.code)),
  );
  two.socket.resetAndDestroy();
  assert.equal(await ended, 'ECONNRESET');
});

test('a server that is not there resets the client', async (t) => {
  const { address, close } = await startUpstream(t, echo);
  await close();
  const { create } = await startProxy(t);
  assert.equal(await openClient(t, await create('p', address)).ended, 'ECONNRESET');
});

for (const toxic of [null, { type: 'latency', attributes: { latency: 1 } }, { type: 'bandwidth' }]) {
  test(`a receiver that does not read stops the sender (${toxic?.type ?? 'no toxic'})`, async (t) => {
    const { address, sockets } = await startUpstream(t, (socket) => socket.pause());
    const { create, poison } = await startProxy(t);
    const listen = await create('p', address);
    if (toxic) await poison('p', { ...toxic, stream: 'upstream' });
    const socket = connect(Number(listen.split(':')[1]), '127.0.0.1');
    // What has not been read when the test ends is lost with a reset.
    socket.on('error', () => {});
    t.after(() => void socket.destroy());
    const total = 64 * 1024 * 1024;
    const chunk = Buffer.alloc(256 * 1024, 'x');
    let sent = 0;
    const send = () => {
      while (sent < total) {
        sent += chunk.byteLength;
        if (!socket.write(chunk)) return void socket.once('drain', send);
      }
    };
    const before = process.memoryUsage().rss;
    send();
    let last = -1;
    await eventually('the sender stands still', async () => {
      await sleep(200);
      const still = sent === last;
      last = sent;
      return still ? sent : null;
    });
    assert.ok(sent < total / 2, `${sent} bytes were taken from a sender whose receiver reads nothing`);
    assert.ok(process.memoryUsage().rss - before < total / 2);
    if (toxic?.type === 'bandwidth') return;
    // And everything comes when it reads again.
    let read = 0;
    const server = sockets[0];
    assert.ok(server);
    server.on('data', (data) => {
      read += data.byteLength;
    });
    server.resume();
    await eventually('all of it has come', () => (read === total ? read : null));
  });
}

test('disabling closes the open connections, and a changed upstream does as well', async (t) => {
  const a = await startUpstream(t, (socket) => void socket.write('a'));
  const b = await startUpstream(t, (socket) => void socket.write('b'));
  const { create, call } = await startProxy(t);
  const listen = await create('p', a.address);
  const first = openClient(t, listen);
  assert.equal((await first.received(1)).toString(), 'a');
  await call('PATCH', '/proxies/p', { enabled: false });
  assert.equal(await first.ended, 'end');
  await call('PATCH', '/proxies/p', { enabled: true });
  const second = openClient(t, listen);
  await second.received(1);
  await call('PATCH', '/proxies/p', { upstream: b.address });
  assert.equal(await second.ended, 'end');
  assert.equal((await openClient(t, listen).received(1)).toString(), 'b');
});

test('a client that hangs up in a black hole leaves no connection behind', async (t) => {
  const { address } = await startUpstream(t, echo);
  const { create, poison, call } = await startProxy(t);
  const listen = await create('p', address);
  await poison('p', { type: 'timeout' });
  for (let index = 0; index < 5; index += 1) {
    const client = openClient(t, listen);
    client.socket.write('anybody?', () => client.socket.destroy());
  }
  await eventually('every connection is gone', async () => {
    const { accepted, connections } = (await call('GET', '/proxies/p')).body.faultline;
    return accepted === 5 && connections === 0 ? true : null;
  });
});

test('close leaves no socket, no server and no timer', async (t) => {
  const upstream = await startUpstream(t, echo);
  const handles = () =>
    process
      .getActiveResourcesInfo()
      .filter((name) => ['TCPSocketWrap', 'TCPServerWrap', 'Timeout'].includes(name)).length;
  const before = handles();
  const server = await startProxyServer({
    listen: '127.0.0.1:0',
    proxies: [{ name: 'p', upstream: upstream.address }],
  });
  const listen = server.addressOf('p') ?? '';
  const add = (toxic: object) =>
    fetch(`${server.url}/proxies/p/toxics`, {
      method: 'POST',
      body: JSON.stringify(toxic),
      headers: { connection: 'close' },
    });
  for (const stream of ['upstream', 'downstream']) {
    await add({ type: 'latency', stream, attributes: { latency: 60_000 }, faultline: { ttlMs: 60_000 } });
    await add({ type: 'timeout', stream, attributes: { timeout: 60_000 } });
    await add({ type: 'slow_close', stream, attributes: { delay: 60_000 } });
  }
  const clients = Array.from({ length: 5 }, () => openClient(t, listen));
  for (const client of clients) client.socket.write('held');
  await eventually('all are connected', () => (upstream.sockets.length === 5 ? true : null));
  await server.close();
  for (const client of clients) await client.ended;
  for (const { socket } of clients) socket.destroy();
  for (const socket of upstream.sockets) socket.destroy();
  await eventually('all handles are gone', () => (handles() <= before ? true : null));
});
