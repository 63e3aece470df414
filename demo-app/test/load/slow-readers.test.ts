import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { listen } from '../../src/lifecycle/http-server.js';
import { type Clock, systemClock } from '../../src/load/open-loop.js';
import { startSlowReaders } from '../../src/load/slow-readers.js';
import { eventually } from '../harness/process.js';

/** More than sockets take without a reader. Unit: bytes. */
const muchBytes = 64 * 1024 * 1024;
const chunk = Buffer.alloc(64 * 1024);

/** An export that waits for its readers. */
async function startExport(t: TestContext, status: number) {
  const responses: ServerResponse[] = [];
  let sentBytes = 0;
  const server = createServer((request, response) => {
    assert.equal(request.headers.authorization, 'Bearer token');
    responses.push(response);
    response.writeHead(status);
    if (status !== 200) return void response.end();
    let left = muchBytes / chunk.length;
    const more = (): void => {
      for (let mayGoOn = true; mayGoOn && left > 0; left -= 1) {
        mayGoOn = response.write(chunk);
        sentBytes += chunk.length;
      }
    };
    response.on('drain', more);
    more();
  });
  const listening = await listen(server, 0, '127.0.0.1', 'PORT');
  t.after(() => listening.close(0));
  return { responses, sentBytes: () => sentBytes, target: new URL(`http://127.0.0.1:${listening.port}`) };
}

/** The system's clock, but whoever wants to come or to ask again does so at once. */
const hasty: Clock = {
  ...systemClock,
  schedule: (delayMs, callback) => systemClock.schedule(delayMs > 500 ? 10 : delayMs, callback),
};

test('slow readers keep a response waiting although they read on, and let go of it when they are ended', async (t) => {
  const { responses, sentBytes, target } = await startExport(t, 200);
  const readers = startSlowReaders({ target, adminToken: 'token', count: 3, clock: hasty });
  t.after(() => readers.close());
  assert.ok(await eventually(() => readers.reading() === 3, 10_000));
  const areWaiting = () => responses.every(({ writableNeedDrain }) => writableNeedDrain);
  assert.ok(await eventually(areWaiting, 10_000));
  // What sockets take by themselves comes soon; then only what is read makes room.
  const takenSoon = sentBytes();
  assert.ok(await eventually(() => sentBytes() > takenSoon, 30_000));
  assert.ok(sentBytes() < 3 * muchBytes && (await eventually(areWaiting, 10_000)));
  readers.close();
  assert.ok(await eventually(() => responses.every(({ destroyed }) => destroyed), 10_000));
  assert.ok(await eventually(() => readers.reading() === 0, 10_000));
  assert.equal(responses.length, 3, 'nobody comes back');
});

test('a reader that is refused asks again', async (t) => {
  const { responses, target } = await startExport(t, 503);
  const readers = startSlowReaders({ target, adminToken: 'token', count: 1, clock: hasty });
  t.after(() => readers.close());
  assert.ok(await eventually(() => responses.length >= 3, 10_000));
  assert.equal(readers.reading(), 0);
});
