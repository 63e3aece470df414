import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from '../src/lifecycle/free-port.js';
import { type Listening, listen } from '../src/lifecycle/http-server.js';
import { startTestChild, type TestChild } from './harness/child.js';
import { startTestDatabase, type TestDatabase } from './harness/database.js';
import { eventually } from './harness/process.js';

/** Stands in for the pricing service, slowly enough for a shutdown to find a request in flight. */
const answerMs = 300;
const seen: IncomingHttpHeaders[] = [];
const pricingServer = createServer((request, response) => {
  seen.push(request.headers);
  setTimeout(() => response.end('{"productId":1,"currency":"EUR","amountCents":1}'), answerMs);
});
let pricing: Listening;
let database: TestDatabase;

before(async () => {
  pricing = await listen(pricingServer, 0, '127.0.0.1', 'PRICING_PORT');
  database = await startTestDatabase(50);
});
after(async () => {
  await pricing?.close(1_000);
  await database?.stop();
});

const readySchema = z.object({ url: z.string() });
const lineSchema = z.looseObject({
  msg: z.string(),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
});

const telemetry = ['--import', new URL('../src/telemetry.js', import.meta.url).href];

function start(environment: NodeJS.ProcessEnv = {}, execArgv: readonly string[] = []): TestChild {
  return startTestChild({
    entry: 'server.js',
    execArgv,
    environment: {
      PORT: '0',
      DATABASE_URL: database.url,
      PRICING_URL: `http://127.0.0.1:${pricing.port}`,
      PRICING_TIMEOUT_MS: '5000',
      LOG_LEVEL: 'info',
      ...environment,
    },
  });
}

const urlOf = async (child: TestChild) => readySchema.parse(await child.message('ready')).url;
const linesOf = (child: TestChild) =>
  child
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => lineSchema.parse(JSON.parse(line)));

test('one line a request holds method, route, status, time and the trace that the pricing service sees', async (t) => {
  const child = start({}, telemetry);
  t.after(() => child.process.kill('SIGKILL'));
  const url = await urlOf(child);
  await (await fetch(`${url}/products/3?secret=1`)).text();
  await (await fetch(`${url}/nowhere/at/all`)).text();
  const requests = () => linesOf(child).filter(({ msg }) => msg === 'request');
  assert.ok(await eventually(() => requests().length === 2, 5_000));
  const [product, unmatched] = requests();
  assert.ok(
    product !== undefined && typeof product.durationMs === 'number' && product.durationMs >= answerMs - 50,
  );
  assert.deepEqual([product.method, product.route, product.status], ['GET', '/products/:id', 200]);
  assert.match(product.trace_id ?? '', /^[\da-f]{32}$/);
  assert.match(product.span_id ?? '', /^[\da-f]{16}$/);
  assert.match(String(seen.at(-1)?.traceparent), new RegExp(`^00-${product.trace_id}-`));
  assert.deepEqual([unmatched?.route, unmatched?.status], ['unmatched', 404]);
  assert.doesNotMatch(child.stdout(), /secret|nowhere/);
});

test('SIGTERM lets a request in flight be answered, refuses new ones, and ends with exit code 0', async (t) => {
  const child = start({}, telemetry);
  t.after(() => child.process.kill('SIGKILL'));
  const url = await urlOf(child);
  const inFlight = fetch(`${url}/products/4`);
  await delay(answerMs / 3);
  child.process.kill('SIGTERM');
  const response = await inFlight;
  assert.equal(response.status, 200);
  assert.equal(z.object({ id: z.int() }).parse(await response.json()).id, 4);
  assert.equal(await child.exited, 0);
  await assert.rejects(fetch(`${url}/healthz`));
});

test('idle kept connections do not hold the shutdown up', async (t) => {
  const child = start();
  t.after(() => child.process.kill('SIGKILL'));
  const url = await urlOf(child);
  await (await fetch(`${url}/healthz`)).text();
  const startedMs = performance.now();
  child.process.kill('SIGTERM');
  assert.equal(await child.exited, 0);
  assert.ok(performance.now() - startedMs < 5_000);
});

test('chaos is closed unless the environment opens it', async (t) => {
  const child = start();
  t.after(() => child.process.kill('SIGKILL'));
  const response = await fetch(`${await urlOf(child)}/chaos/faults`);
  assert.equal(response.status, 403);
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
});

const failures: readonly [what: string, environment: () => NodeJS.ProcessEnv, code: number, says: RegExp][] =
  [
    [
      'a port out of range',
      () => ({ PORT: '99999' }),
      2,
      /^PORT must be an integer from 0 to 65535; got "99999"\.$/,
    ],
    [
      'no pricing service',
      () => ({ PRICING_URL: '' }),
      2,
      /^PRICING_URL must be an http:\/\/ URL; it is not set\.$/,
    ],
    [
      'a taken port',
      () => ({ PORT: String(pricing.port) }),
      1,
      /^Cannot start: port \d+ of 127\.0\.0\.1 is taken/,
    ],
    [
      'a wrong password',
      () => ({ DATABASE_URL: database.url.replace(/:[^:@]+@/, ':hunter2@') }),
      1,
      /^Cannot use the database at 127\.0\.0\.1:\d+\/postgres: .*password authentication failed/,
    ],
  ];
for (const [what, environment, code, says] of failures)
  test(`${what} ends the start with one clear line and exit code ${code}`, async () => {
    const child = start(environment());
    assert.equal(await child.exited, code);
    const { message } = z.object({ message: z.string() }).parse(await child.message('failed'));
    assert.match(message, says);
    assert.doesNotMatch(message + child.stdout() + child.stderr(), /hunter2|\n\s+at /);
  });

test('a database that is not there ends the start within the limit, naming host and port', async () => {
  const child = start({ DATABASE_URL: `postgres://user:hunter2@127.0.0.1:${await freePort()}/shop` });
  assert.equal(await child.exited, 1);
  const { message } = z.object({ message: z.string() }).parse(await child.message('failed'));
  assert.match(
    message,
    /^Cannot use the database at 127\.0\.0\.1:\d+\/shop: connection refused\. Check DATABASE_URL\.$/,
  );
});
