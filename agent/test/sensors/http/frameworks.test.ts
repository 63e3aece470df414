import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import KoaRouter from '@koa/router';
import express from 'express';
import express4 from 'express4';
import fastify from 'fastify';
import Koa from 'koa';
import { startRequestsSensor } from '../../../src/sensors/http/sensor.js';
import { followServedRequests } from '../../../src/sensors/http/served-requests.js';
import { call } from '../../harness/http.js';
import { until } from '../../harness/wait.js';

/** Asks for each path in turn, and tells as what the requests were counted. */
async function countedAs(t: TestContext, handler: RequestListener, paths: readonly string[]) {
  const served = followServedRequests();
  const sensor = startRequestsSensor(served, {
    wantsEnds: () => false,
    onEnd() {},
    traceIdOf: () => null,
  });
  sensor.look();
  const ended: string[] = [];
  const server = createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    sensor.close();
    served.close();
    server.closeAllConnections();
    server.close();
  });
  const total = (): Map<string, number> =>
    new Map(
      sensor
        .read()
        .series.map(({ method, route, status, durations }) => [
          `${method} ${route} ${status}`,
          durations.counts.reduce((sum, count) => sum + count, 0),
        ]),
    );
  let before = total();
  for (const [index, text] of paths.entries()) {
    const [method, path] = text.includes(' ') ? text.split(' ') : ['GET', text];
    await call(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method: method! });
    await until('it is counted', () => [...total().values()].reduce((sum, count) => sum + count, 0) > index);
    const now = total();
    for (const [name, count] of now) if (count !== (before.get(name) ?? 0)) ended.push(name);
    before = now;
  }
  return ended;
}

type Express = typeof express;

function expressRows(
  from: Express,
): readonly [title: string, app: RequestListener, rows: [string, string][]][] {
  const answer: express.RequestHandler = (_request, response) => void response.end();
  const fail: express.RequestHandler = (_request, _response, next) => next(new Error('fails'));

  const plain = from();
  plain.get('/', answer);
  plain.get('/products/:id', answer);
  plain.post('/products', answer);
  plain.get(['/one', '/two'], answer);
  plain.get(/^\/shelf\/\d+$/, answer);

  const mounted = from();
  const shops = from.Router({ mergeParams: true });
  const orders = from.Router();
  orders.get('/', answer);
  orders.get('/:order', answer);
  shops.get('/', answer);
  shops.get('/fail', fail);
  shops.use('/orders', orders);
  const items = from.Router().get('/', answer);
  mounted.use(from.json());
  mounted.use('/', from.Router().get('/health', answer));
  mounted.use('/shops/:shop', shops);
  mounted.use('/plainFiles', from.Router().get('/:file', answer));
  mounted.use('/v1', items);
  mounted.use('/v2', items);
  mounted.use(/^\/shelf\/\d+/, from.Router().get('/books', answer));
  const failed: express.ErrorRequestHandler = (_error, _request, response, _next) => {
    response.statusCode = 503;
    response.end();
  };
  mounted.use(failed);

  const outer = from();
  const inner = from();
  inner.use('/users', from.Router().get('/:user', answer));
  inner.get('/', answer);
  outer.use('/tenants/:tenant', inner);

  const early = from();
  early.use((_request, response) => {
    response.statusCode = 401;
    response.end();
  });
  return [
    [
      'names the pattern of the route',
      plain,
      [
        ['/', 'GET / 200'],
        ['/products/17?secret=1', 'GET /products/:id 200'],
        ['HEAD /products/18', 'HEAD /products/:id 200'],
        ['POST /products', 'POST /products 200'],
        ['/two', 'GET /one|/two 200'],
      ],
    ],
    [
      'never shows a path that no pattern stands for',
      plain,
      [
        ['/secret/17', 'GET unmatched 404'],
        ['/shelf/17', 'GET unmatched 200'],
      ],
    ],
    [
      'names the patterns of routers above, whatever the client wrote there',
      mounted,
      [
        ['/SHOPS/17', 'GET /shops/:shop 200'],
        ['/PLAINfiles/17', 'GET /plainFiles/:file 200'],
        ['/shops/orders/orders/4', 'GET /shops/:shop/orders/:order 200'],
        ['/shops/a%20b/orders', 'GET /shops/:shop/orders 200'],
        ['/shops/18/', 'GET /shops/:shop 200'],
        ['/health', 'GET /health 200'],
        ['/v2', 'GET /v2 200'],
        ['/v1/', 'GET /v1 200'],
        ['/v2', 'GET /v2 200'],
        ['/shelf/17/books', 'GET /shelf/*/books 200'],
      ],
    ],
    [
      'counts a request that fails with those of its route',
      mounted,
      [
        ['/shops/17/fail', 'GET /shops/:shop/fail 503'],
        ['/shops/18/fail', 'GET /shops/:shop/fail 503'],
      ],
    ],
    [
      'names the paths that applications are mounted at',
      outer,
      [
        ['/tenants/17/users/4', 'GET /tenants/:tenant/users/:user 200'],
        ['/tenants/18', 'GET /tenants/:tenant 200'],
      ],
    ],
    ['knows no route before one is matched', early, [['/products/17', 'GET unmatched 401']]],
  ];
}

for (const [name, from] of [
  ['Express 5', express],
  ['Express 4', express4],
] as const) {
  describe(name, () => {
    for (const [title, app, rows] of expressRows(from)) {
      test(title, async (t) => {
        const paths = rows.map(([path]) => path);
        assert.deepEqual(
          await countedAs(t, app, paths),
          rows.map(([, counted]) => counted),
        );
      });
    }
  });
}

test('Fastify: names the pattern of the route, with the prefix of its plugin', async (t) => {
  const app = fastify();
  app.get('/products/:id', async () => 'x');
  app.get('/callback', (_request, reply) => void reply.send('x'));
  app.get('/fails', async () => {
    throw new Error('fails');
  });
  await app.register(async (plugin) => void plugin.get('/orders/:order', async () => 'x'), {
    prefix: '/shops/:shop',
  });
  await app.ready();
  t.after(() => app.close());
  const paths = ['/products/17?a=b', '/callback', '/fails', '/shops/3/orders/4', '/secret/17'];
  assert.deepEqual(await countedAs(t, app.routing, paths), [
    'GET /products/:id 200',
    'GET /callback 200',
    'GET /fails 500',
    'GET /shops/:shop/orders/:order 200',
    'GET unmatched 404',
  ]);
});

test('Koa with @koa/router: names the pattern of the route, with the prefixes of routers', async (t) => {
  const app = new Koa();
  app.silent = true;
  const answer: Koa.Middleware = (context) => {
    context.body = 'x';
  };
  const inner = new KoaRouter({ prefix: '/shops/:shop' });
  inner.get('/orders/:order', answer);
  const router = new KoaRouter();
  router.get('/products/:id', answer);
  router.get('/fails', () => {
    throw new Error('fails');
  });
  app.use(router.routes()).use(inner.routes()).use(router.allowedMethods());
  const paths = ['/products/17?a=b', '/fails', '/shops/3/orders/4', '/secret/17'];
  assert.deepEqual(await countedAs(t, app.callback(), paths), [
    'GET /products/:id 200',
    'GET /fails 500',
    'GET /shops/:shop/orders/:order 200',
    'GET unmatched 404',
  ]);
});

test('Koa is as it was when the sensor has closed', () => {
  const original = Koa.prototype.createContext;
  const served = followServedRequests();
  const sensor = startRequestsSensor(served, { wantsEnds: () => false, onEnd() {}, traceIdOf: () => null });
  sensor.look();
  assert.notEqual(Koa.prototype.createContext, original);
  sensor.close();
  served.close();
  assert.equal(Koa.prototype.createContext, original);
});

test('plain node:http: a route that somebody leaves on the request, or unmatched', async (t) => {
  const handler: RequestListener = (request, response) => {
    if (request.url === '/told') Object.assign(request, { route: { path: '/told/:id' } });
    response.end();
  };
  assert.deepEqual(await countedAs(t, handler, ['/told', '/secret/17']), [
    'GET /told/:id 200',
    'GET unmatched 200',
  ]);
});
