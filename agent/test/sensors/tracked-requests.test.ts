import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestContext } from '../../src/protocol/incident.js';
import { followServedRequests } from '../../src/sensors/http/served-requests.js';
import { trackRequests } from '../../src/sensors/tracked-requests.js';
import { call } from '../harness/http.js';
import { served } from '../harness/served.js';
import { until } from '../harness/wait.js';

type Handler = (
  request: Routed,
  response: ServerResponse,
  source: ReturnType<typeof trackRequests>,
) => unknown;
type Routed = IncomingMessage & { route?: { path?: unknown }; baseUrl?: unknown };

async function serve(t: TestContext, handler: Handler) {
  const requests = followServedRequests();
  const source = trackRequests(requests);
  t.after(() => {
    source.close();
    requests.close();
  });
  const url = await served(t, (request, response) => void handler(request, response, source));
  return { url, source };
}

/** What is known in a handler that a router has prepared. */
async function seenWith(t: TestContext, route: unknown, baseUrl: unknown, method = 'GET') {
  let seen: RequestContext | null = null;
  const { url } = await serve(t, (request, response, source) => {
    if (route !== undefined) request.route = { path: route };
    if (baseUrl !== undefined) request.baseUrl = baseUrl;
    seen = source.current();
    response.end();
  });
  await call(`${url}/products/17?token=secret`, { method });
  return seen as RequestContext | null;
}

describe('the route', () => {
  const rows: readonly [string, unknown, unknown, string][] = [
    ['is the pattern of the router', '/products/:id', undefined, 'GET /products/:id'],
    ['has a star for a mount that is only known as the client wrote it', '/:id', '/shops/17', 'GET */:id'],
    ['is that star alone at the root of a mounted router', '/', '/shops/17', 'GET *'],
    ['is a slash at the root', '/', '', 'GET /'],
    ['is unmatched without a router: a raw path may hold secrets', undefined, undefined, 'GET unmatched'],
    ['is unmatched for a pattern that is no text', /products/, '', 'GET unmatched'],
    ['does without a mount path that is no text', '/products', 7, 'GET /products'],
  ];
  for (const [title, route, baseUrl, expected] of rows) {
    test(title, async (t) => assert.equal((await seenWith(t, route, baseUrl))?.route, expected));
  }

  test('has the method of the request', async (t) => {
    assert.equal((await seenWith(t, '/products', '', 'DELETE'))?.route, 'DELETE /products');
  });
});

test('ids are null when nobody traces', async (t) => {
  assert.deepEqual(await seenWith(t, '/products', ''), {
    route: 'GET /products',
    traceId: null,
    spanId: null,
  });
});

describe('follows the request', () => {
  const ways: readonly [string, () => Promise<unknown>][] = [
    ['through awaits', async () => void (await (async () => void (await delay(5)))())],
    ['through timers', () => new Promise((resolve) => setTimeout(resolve, 5))],
    ['through immediates', () => new Promise((resolve) => setImmediate(resolve))],
    ['through the thread pool', () => readFile(new URL(import.meta.url))],
    [
      'through events',
      () => {
        const emitter = new EventEmitter();
        setTimeout(() => emitter.emit('done'), 5);
        return once(emitter, 'done');
      },
    ],
    ['through many at once', () => Promise.all([delay(1), delay(2), readFile(new URL(import.meta.url))])],
  ];
  for (const [title, wait] of ways) {
    test(title, async (t) => {
      let seen: RequestContext | null = null;
      const { url } = await serve(t, async (request, response, source) => {
        request.route = { path: '/here' };
        await wait();
        await wait();
        seen = source.current();
        response.end();
      });
      await call(`${url}/x`);
      assert.equal((seen as RequestContext | null)?.route, 'GET /here');
    });
  }
});

test('never mixes up requests that run at the same time', async (t) => {
  const wrong: string[] = [];
  const { url } = await serve(t, async (request, response, source) => {
    request.route = { path: request.url };
    for (let step = 0; step < 5; step += 1) {
      await delay(Math.random() * 5);
      const route = source.current()?.route;
      if (route !== `GET ${request.url}`) wrong.push(`${request.url} saw ${route}`);
    }
    response.end(request.url);
  });
  await Promise.all(Array.from({ length: 100 }, (_, index) => call(`${url}/${index}`)));
  assert.deepEqual(wrong, []);
});

describe('knows of no request', () => {
  test('outside of one', async (t) => {
    const { url, source } = await serve(t, (_request, response) => response.end());
    assert.equal(source.current(), null);
    await call(url);
    assert.equal(source.current(), null);
  });

  test('in what runs on after the response was sent', async (t) => {
    const seen: (RequestContext | null)[] = [];
    const { url } = await serve(t, async (_request, response, source) => {
      seen.push(source.current());
      response.end();
      await once(response, 'finish');
      await delay(5);
      seen.push(source.current());
    });
    await call(url);
    await until('the rest has run', () => seen.length === 2);
    assert.deepEqual([seen[0]?.route, seen[1]], ['GET unmatched', null]);
  });

  test('after it was closed', async (t) => {
    let seen: unknown = 'not asked';
    const { url, source } = await serve(t, (_request, response) => {
      seen = source.current();
      response.end();
    });
    source.close();
    await call(url);
    assert.equal(seen, null);
  });
});

test('tells the second request of one connection from the first', async (t) => {
  const seen: (string | undefined)[] = [];
  const { url } = await serve(t, async (request, response, source) => {
    request.route = { path: request.url };
    await delay(2);
    seen.push(source.current()?.route);
    response.end();
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write('GET /one HTTP/1.1\r\nhost: a\r\n\r\n');
  await until('the first is served', () => seen.length === 1);
  socket.write('GET /two HTTP/1.1\r\nhost: a\r\n\r\n');
  await until('the second is served', () => seen.length === 2);
  assert.deepEqual(seen, ['GET /one', 'GET /two']);
});
