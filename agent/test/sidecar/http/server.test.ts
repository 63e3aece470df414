import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { sendJson } from '../../../src/sidecar/http/problem.js';
import { type Route, type ServerOptions, startServer } from '../../../src/sidecar/http/server.js';
import { type Answer, call } from '../../harness/http.js';

const token = '0123456789abcdef';
const routes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/open$/,
    open: true,
    handle: (_request, response) => sendJson(response, 200, 'open'),
  },
  { method: 'GET', path: /^\/closed$/, handle: (_request, response) => sendJson(response, 200, 'closed') },
  { method: 'POST', path: /^\/profiles$/, handle: (_request, response) => sendJson(response, 200, 'taken') },
  {
    method: 'GET',
    path: /^\/items\/([^/]+)\/parts\/([^/]+)$/,
    handle: (_request, response, parameters) => sendJson(response, 200, parameters),
  },
  {
    method: 'GET',
    path: /^\/broken$/,
    open: true,
    handle() {
      throw new Error('broken on purpose');
    },
  },
  {
    method: 'GET',
    path: /^\/breaks-off$/,
    open: true,
    async handle(_request, response) {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      throw new Error('broken in the middle');
    },
  },
];

async function serve(t: TestContext, options: Partial<ServerOptions> = {}) {
  const errors: unknown[] = [];
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    token: null,
    routes,
    onError: (error) => errors.push(error),
    ...options,
  });
  t.after(() => server.close());
  return { ...server, errors };
}

function checkProblem({ status, headers, body }: Answer, expected: number): void {
  assert.equal(status, expected);
  assert.equal(headers['content-type'], 'application/problem+json');
  const problem = JSON.parse(body) as Record<string, unknown>;
  assert.equal(problem.status, expected);
  assert.equal(problem.type, 'about:blank');
  assert.ok(String(problem.title).length > 0 && String(problem.detail).length > 0);
}

describe('answers', () => {
  test('a route with what it says', async (t) => {
    const { url } = await serve(t);
    const { status, headers, body } = await call(`${url}/closed?x=1`);
    assert.deepEqual([status, body], [200, '"closed"\n']);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('with the parameters of the path, in order', async (t) => {
    const { url } = await serve(t);
    assert.equal((await call(`${url}/items/a%2Fb/parts/2?c=3`)).body, '["a%2Fb","2"]\n');
  });

  test('HEAD like GET, without a body', async (t) => {
    const { url } = await serve(t);
    const { status, headers, body } = await call(`${url}/open`, { method: 'HEAD' });
    assert.deepEqual([status, headers['content-length'], body], [200, '7', '']);
  });

  test('a request whose body nobody wants', async (t) => {
    const { url } = await serve(t);
    const { status } = await call(`${url}/profiles`, { method: 'POST', headers: { 'content-length': 0 } });
    assert.equal(status, 200);
  });
});

describe('refuses with a problem', () => {
  test('404 what it does not have', async (t) => {
    const { url } = await serve(t);
    for (const path of ['/nothing', '/open/', '//open', '/items/1/parts/', '/OPEN']) {
      checkProblem(await call(`${url}${path}`), 404);
    }
  });

  test('405 another method, and says which one it takes', async (t) => {
    const { url } = await serve(t);
    for (const [method, path, allow] of [
      ['POST', '/open', 'GET'],
      ['DELETE', '/closed', 'GET'],
      ['GET', '/profiles', 'POST'],
      ['HEAD', '/profiles', 'POST'],
    ] as const) {
      const answer = await call(`${url}${path}`, { method });
      assert.equal(answer.headers.allow, allow);
      if (method !== 'HEAD') checkProblem(answer, 405);
      assert.equal(answer.status, 405);
    }
  });

  test('414 an address that is too long, but not one on the limit', async (t) => {
    const { url } = await serve(t);
    checkProblem(await call(`${url}/open?${'x'.repeat(2_048)}`), 414);
    assert.equal((await call(`${url}/open?${'x'.repeat(2_048 - 6)}`)).status, 200);
  });

  test('403 a foreign Host when there is no token', async (t) => {
    const { url } = await serve(t);
    const headers = { host: 'attacker.example' };
    checkProblem(await call(`${url}/closed`, { headers }), 403);
    checkProblem(await call(`${url}/nothing`, { headers }), 403);
    assert.equal((await call(`${url}/open`, { headers })).status, 200);
  });

  test('401 who has no token, also for paths that do not exist', async (t) => {
    const { url } = await serve(t, { token });
    for (const path of ['/closed', '/nothing', '/items/1/parts/2']) {
      const answer = await call(`${url}${path}`);
      checkProblem(answer, 401);
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
    }
    assert.equal((await call(`${url}/open`)).status, 200);
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await call(`${url}/closed`, { headers })).status, 200);
    checkProblem(await call(`${url}/nothing`, { headers }), 404);
  });
});

describe('a route that fails', () => {
  test('answers 500 without its message, and the error is told', async (t) => {
    const { url, errors } = await serve(t);
    const answer = await call(`${url}/broken`);
    checkProblem(answer, 500);
    assert.ok(!answer.body.includes('on purpose'));
    assert.match(String(errors[0]), /broken on purpose/);
  });

  test('in the middle of its answer breaks the connection off, and the server goes on', async (t) => {
    const { url, errors } = await serve(t);
    await assert.rejects(call(`${url}/breaks-off`));
    assert.equal(errors.length, 1);
    assert.equal((await call(`${url}/open`)).status, 200);
  });
});

describe('listens', () => {
  test('on the port that it is given', async (t) => {
    const first = await serve(t);
    await first.close();
    const port = Number(new URL(first.url).port);
    const { url, moved } = await serve(t, { port });
    assert.deepEqual([url, moved], [first.url, false]);
  });

  test('on a free port when that one is taken, and says so', async (t) => {
    const first = await serve(t);
    const second = await serve(t, { port: Number(new URL(first.url).port) });
    assert.equal(second.moved, true);
    assert.notEqual(second.url, first.url);
    assert.equal((await call(`${second.url}/open`)).status, 200);
  });

  test('on IPv6, with an address that can be called', async (t) => {
    const server = await serve(t, { host: '::1' }).catch(() => null);
    if (server === null) return t.skip('this machine has no IPv6');
    assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await call(`${server.url}/closed`)).status, 200);
  });

  test('or says that it cannot', async (t) => {
    await assert.rejects(serve(t, { host: '192.0.2.1' }), { code: 'EADDRNOTAVAIL' });
  });
});

test('close() ends open connections as well', async (t) => {
  const { url, close } = await serve(t);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // However the connection ends, it must end.
  socket.on('error', () => {});
  socket.write('GET /open HTTP/1.1\r\n');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  await close();
  await closed;
  await assert.rejects(call(`${url}/open`), { code: 'ECONNREFUSED' });
});
