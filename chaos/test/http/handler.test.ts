import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import express from 'express';
import { createChaos } from '../../src/index.js';
import { allowed, callJson, serveControls, silent } from '../harness/controls.js';
import { createCountingFault } from '../harness/counting-fault.js';

const drill = (id: string) => ({ 'faultline-drill': id });

test('lists the faults with their parameters and the lease that runs each', async (t) => {
  const { call } = await serveControls(t, {
    faults: [createCountingFault().fault],
    ...createCountingFault(),
  });
  const { status, body } = await call('GET', '/faults');
  assert.equal(status, 200);
  assert.deepEqual(body.faults, [
    {
      id: 'counting',
      breaks: 'Nothing: it counts.',
      parameters: { rate: { fallback: 2, min: 1, max: 5, meaning: 'hits a second' } },
      mustCause: 'event-loop-stall',
      mustNotCause: [],
      lease: null,
    },
  ]);
});

test('starts a fault under a lease, shows its signal, and undoes it on DELETE', async (t) => {
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context });
  const started = await call(
    'POST',
    '/faults/counting',
    { parameters: { rate: 3 }, ttlMs: 5000 },
    drill('d1'),
  );
  assert.equal(started.status, 201);
  assert.equal(started.body.fault, 'counting');
  assert.equal(started.body.drill, 'd1');
  assert.deepEqual(started.body.parameters, { rate: 3 });
  assert.deepEqual(started.body.signal, { hits: 0, firstHitAt: null, lastHitAt: null });
  assert.equal(Date.parse(String(started.body.expiresAt)) - Date.parse(String(started.body.startedAt)), 5000);
  assert.deepEqual(context.started, [{ rate: 3 }]);

  context.hits = 4;
  const { body: listed } = await call('GET', '/leases');
  const [lease] = listed.leases as Record<string, unknown>[];
  assert.deepEqual(lease?.signal, { hits: 4, firstHitAt: 1000, lastHitAt: 2000 });

  const ended = await call('DELETE', `/leases/${started.body.id}`, undefined, drill('d1'));
  assert.equal(ended.status, 200);
  assert.equal(ended.body.ending, 'stopped');
  assert.equal(context.stops, 1);
  const again = await call('DELETE', `/leases/${started.body.id}`);
  assert.equal(again.status, 200, 'deleting twice is harmless');
  assert.equal(context.stops, 1);
});

test('fills in default parameters and a lease of a minute', async (t) => {
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context });
  const { status, body } = await call('POST', '/faults/counting');
  assert.equal(status, 201);
  assert.deepEqual(body.parameters, { rate: 2 });
  assert.equal(Date.parse(String(body.expiresAt)) - Date.parse(String(body.startedAt)), 60_000);
  assert.equal(body.drill, null);
});

test('renews a lease', async (t) => {
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context });
  const { body: lease } = await call('POST', '/faults/counting', { ttlMs: 10_000 });
  const { status, body } = await call('POST', `/leases/${lease.id}/renew`, { ttlMs: 800_000 });
  assert.equal(status, 200);
  assert.ok(Date.parse(String(body.expiresAt)) > Date.parse(String(lease.expiresAt)) + 700_000);
});

test('ends every lease at once on DELETE /leases', async (t) => {
  const { fault, context } = createCountingFault();
  const second = { ...fault, id: 'second' };
  const { call } = await serveControls(t, { faults: [fault, second], context });
  await call('POST', '/faults/counting');
  await call('POST', '/faults/second');
  const { status, body } = await call('DELETE', '/leases');
  assert.equal(status, 200);
  assert.equal((body.ended as unknown[]).length, 2);
  assert.equal(context.stops, 2);
  assert.deepEqual((await call('GET', '/leases')).body.leases, []);
});

test('keeps another drill away from a target that is held', async (t) => {
  const { fault, context } = createCountingFault();
  const second = { ...fault, id: 'second' };
  const { call } = await serveControls(t, { faults: [fault, second], context });
  const { body: lease } = await call('POST', '/faults/counting', {}, drill('mine'));
  for (const [method, path, body] of [
    ['POST', '/faults/second', {}],
    ['POST', `/leases/${lease.id}/renew`, {}],
    ['DELETE', `/leases/${lease.id}`, undefined],
    ['DELETE', '/leases', undefined],
  ] as const) {
    const refused = await call(method, path, body, drill('other'));
    assert.equal(refused.status, 409, `${method} ${path}`);
    assert.match(String(refused.body.detail), /drill mine holds this target until 2/);
  }
  assert.equal(
    (await call('POST', '/faults/second')).status,
    409,
    'a person without a drill is told as well',
  );
  assert.equal((await call('POST', '/faults/second', {}, drill('mine'))).status, 201);
  assert.equal((await call('DELETE', '/leases')).status, 200, 'a person may always stop everything');
  assert.equal((await call('POST', '/faults/second', {}, drill('other'))).status, 201);
});

test('refuses a fault that runs already', async (t) => {
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context });
  const { body: lease } = await call('POST', '/faults/counting');
  const { status, body } = await call('POST', '/faults/counting');
  assert.equal(status, 409);
  assert.match(String(body.detail), new RegExp(`runs already under lease ${lease.id}`));
});

const refused: readonly (readonly [string, string, string, unknown, number, RegExp])[] = [
  ['an unknown fault', 'POST', '/faults/nope', {}, 404, /no fault "nope"; known: counting/],
  ['an unknown lease', 'DELETE', '/leases/nope', undefined, 404, /no lease "nope"/],
  ['renewing an unknown lease', 'POST', '/leases/nope/renew', {}, 404, /no lease "nope"/],
  ['an unknown route', 'GET', '/nope', undefined, 404, /no route \/nope/],
  ['a wrong method', 'PUT', '/leases', {}, 405, /\/leases has GET, DELETE, got PUT/],
  ['a body that is no JSON', 'POST', '/faults/counting', '{', 400, /must be a JSON object/],
  ['a body that is no object', 'POST', '/faults/counting', '[1]', 422, /must be a JSON object, got \[1\]/],
  ['a huge body', 'POST', '/faults/counting', `"${'x'.repeat(20_000)}"`, 413, /16384 bytes/],
  ['an unknown key', 'POST', '/faults/counting', { ttl: 5 }, 422, /has parameters and ttlMs, got "ttl"/],
  [
    'parameters that are no object',
    'POST',
    '/faults/counting',
    { parameters: 3 },
    422,
    /must be an object.*got 3/,
  ],
  [
    'a parameter out of range',
    'POST',
    '/faults/counting',
    { parameters: { rate: 6 } },
    422,
    /rate must lie between 1 and 5, got 6/,
  ],
  [
    'a parameter that is no number',
    'POST',
    '/faults/counting',
    { parameters: { rate: '3' } },
    422,
    /rate must be a number between 1 and 5, got "3"/,
  ],
  [
    'an unknown parameter',
    'POST',
    '/faults/counting',
    { parameters: { toString: 3 } },
    422,
    /unknown parameter "toString"; known: rate/,
  ],
  ['a lease without end', 'POST', '/faults/counting', { ttlMs: 0 }, 422, /between 100 and 900000, got 0/],
  ['a lease past 15 minutes', 'POST', '/faults/counting', { ttlMs: 900_001 }, 422, /got 900001/],
  ['a lease that is no number', 'POST', '/faults/counting', { ttlMs: '60' }, 422, /got "60"/],
];

for (const [what, method, path, body, status, detail] of refused) {
  test(`answers ${status} with a reason to ${what}`, async (t) => {
    const { fault, context } = createCountingFault();
    const { call } = await serveControls(t, { faults: [fault], context });
    const answer = await call(method, path, body);
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.match(String(answer.body.detail), detail);
    assert.equal(answer.body.status, status);
    assert.deepEqual(context.started, [], 'no fault was started');
  });
}

test('answers 401 without the right token, whatever the length of the wrong one', async (t) => {
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context });
  for (const authorization of [
    '',
    'Bearer ',
    'Bearer wrong',
    'Bearer secretsecret',
    'Basic secret',
    'secret',
  ]) {
    const answer = await call('POST', '/faults/counting', {}, { authorization });
    assert.equal(answer.status, 401, authorization);
    assert.match(String(answer.headers.get('www-authenticate')), /^Bearer/);
  }
  assert.deepEqual(context.started, []);
});

test('answers 500 when the service cannot start the fault, and leaves no lease behind', async (t) => {
  const { fault, context } = createCountingFault();
  const broken = {
    ...fault,
    start(): never {
      throw new Error('no twin');
    },
  };
  const { call } = await serveControls(t, { faults: [broken], context });
  const { status, body } = await call('POST', '/faults/counting');
  assert.equal(status, 500);
  assert.match(String(body.detail), /counting could not be started: no twin/);
  assert.deepEqual((await call('GET', '/leases')).body.leases, []);
});

test('works mounted in Express, with and without a JSON parser before it', async (t) => {
  const { fault, context } = createCountingFault();
  const chaos = createChaos({ faults: [fault], context, environment: allowed, logger: silent });
  const app = express();
  app.use('/plain', chaos.handler);
  app.use('/parsed', express.json(), chaos.handler);
  app.use((_request, response) => {
    response.status(404).json({ from: 'the service' });
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    await chaos.close();
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const mount of ['/plain', '/parsed']) {
    const started = await callJson(url, 'POST', `${mount}/faults/counting`, { parameters: { rate: 4 } });
    assert.equal(started.status, 201, mount);
    assert.equal((await callJson(url, 'GET', `${mount}/leases`)).status, 200);
    assert.equal((await callJson(url, 'DELETE', `${mount}/leases`)).status, 200);
    assert.deepEqual((await callJson(url, 'GET', `${mount}/other`)).body, { from: 'the service' });
  }
  assert.deepEqual(context.started, [{ rate: 4 }, { rate: 4 }]);
});
