import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from '../../src/lifecycle/free-port.js';
import { listen } from '../../src/lifecycle/http-server.js';
import { startTestChild, type TestChild } from '../harness/child.js';
import { createTestFolder, type TestFolder } from '../harness/folder.js';
import { eventually, isRunning } from '../harness/process.js';

const readySchema = z.object({
  addresses: z.object({
    app: z.url(),
    faultline: z.url().nullable(),
    pricing: z.url(),
    pricingProxy: z.url().nullable(),
    chaos: z.url().nullable(),
  }),
  tokens: z.object({ admin: z.string().min(16), chaos: z.string().min(16).nullable() }),
  pids: z.object({
    app: z.int(),
    pricing: z.int(),
    proxy: z.int().nullable(),
    load: z.int().nullable(),
    postgres: z.int().nullable(),
  }),
  databaseUrl: z.string(),
});
const failedSchema = z.object({ message: z.string() });

interface TestDemo extends TestChild {
  readonly folder: TestFolder;
}

/** A demo whose files all lie in a folder of the test's own. */
function startDemo(args: readonly string[], environment: NodeJS.ProcessEnv = {}): TestDemo {
  const folder = createTestFolder();
  const child = startTestChild({
    entry: 'main.js',
    args,
    environment: {
      TMPDIR: folder.path,
      FAULTLINE_DIR: `${folder.path}/faultline`,
      FAULTLINE_PORT: '0',
      FAULTLINE_LOG: 'silent',
      ...environment,
    },
  });
  return { ...child, folder };
}

const pidsOf = (ready: z.infer<typeof readySchema>): number[] =>
  Object.values(ready.pids).filter((pid) => pid !== null);

async function assertNothingLeft(demo: TestDemo, pids: readonly number[]): Promise<void> {
  const isClean = () => demo.folder.databases().length === 0 && !pids.some(isRunning);
  assert.ok(
    await eventually(isClean, 15_000),
    `left: ${demo.folder.databases().join()} ${pids.filter(isRunning).join()}`,
  );
  demo.folder.remove();
}

test('the demo says where everything is, serves under load, and leaves nothing when it is asked to stop', async (t) => {
  const demo = startDemo(['--port=0', '--export-every=3']);
  t.after(() => demo.process.kill('SIGKILL'));
  const ready = readySchema.parse(await demo.message('ready'));
  const { addresses, tokens } = ready;
  const statusOf = async (url: string, token = '') =>
    (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).status;
  assert.equal(await statusOf(`${addresses.app}/products`), 200);
  assert.equal(await statusOf(`${addresses.app}/admin/features`, tokens.admin), 200);
  assert.equal(await statusOf(`${addresses.pricing}/healthz`), 200);
  assert.equal(await statusOf(`${addresses.chaos}/faults`, tokens.chaos ?? ''), 200);
  assert.equal(await statusOf(`${addresses.chaos}/faults`, 'wrong'), 401);
  assert.equal(await statusOf(`${addresses.faultline}/metrics`), 200);
  assert.match(demo.stdout(), new RegExp(`Product catalog API +${addresses.app}/products`));

  await demo.message('load');
  const loadSchema = z.object({
    completed: z.int(),
    errorsByClass: z.record(z.string(), z.int()),
    exports: z.object({ completed: z.int() }),
  });
  const latest = () => {
    const result = loadSchema.safeParse(demo.messages.at(-1));
    return result.success ? result.data : null;
  };
  assert.ok(await eventually(() => (latest()?.exports.completed ?? 0) > 0, 20_000), 'an export completes');
  assert.ok((latest()?.completed ?? 0) > 20);
  assert.deepEqual(latest()?.errorsByClass, {});

  demo.process.send({ type: 'stop' });
  assert.equal(await demo.exited, 0);
  await assertNothingLeft(demo, pidsOf(ready));
});

test('behind the proxy the pricing service can be made slow under a lease, and all of it ends with the demo', async (t) => {
  const demo = startDemo(['--port=0', '--no-load', '--no-agent', '--behind-proxy=pricing'], {
    PRICING_TIMEOUT_MS: '10000',
  });
  t.after(() => demo.process.kill('SIGKILL'));
  const ready = readySchema.parse(await demo.message('ready'));
  const { addresses, tokens, pids } = ready;
  assert.ok(pids.proxy !== null);
  const toxics = async () => {
    const response = await fetch(`${addresses.pricingProxy}/proxies/pricing/toxics`);
    return z.array(z.object({ type: z.string() })).parse(await response.json());
  };
  const chaos = async (method: string, path: string, body?: object) =>
    fetch(`${addresses.chaos}${path}`, {
      method,
      headers: { Authorization: `Bearer ${tokens.chaos}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  // Products that nobody has asked for yet are not in the cache.
  let product = 0;
  const productMs = async () => {
    product += 1;
    const beganMs = performance.now();
    const response = await fetch(`${addresses.app}/products/${product}`);
    assert.equal(response.status, 200);
    await response.text();
    return performance.now() - beganMs;
  };
  await productMs();
  const started = await chaos('POST', '/faults/slow-pricing', {
    parameters: { latencyMs: 1_500, jitterMs: 0 },
  });
  assert.equal(started.status, 201);
  const { id } = z.object({ id: z.string() }).parse(await started.json());
  assert.ok(await eventually(async () => (await toxics()).length === 1, 10_000));
  assert.ok((await productMs()) >= 1_490);
  await chaos('DELETE', `/leases/${id}`);
  assert.ok(await eventually(async () => (await toxics()).length === 0, 10_000));
  const times = [await productMs(), await productMs(), await productMs()];
  assert.ok(Math.min(...times) < 1_400, `${times.join()} ms`);

  demo.process.send({ type: 'stop' });
  assert.equal(await demo.exited, 0);
  await assertNothingLeft(demo, pidsOf(ready));
});

test('when the demo is killed its processes notice and leave nothing', async (t) => {
  const demo = startDemo(['--port=0', '--no-agent', '--no-chaos']);
  t.after(() => demo.process.kill('SIGKILL'));
  const ready = readySchema.parse(await demo.message('ready'));
  assert.deepEqual(
    [ready.addresses.faultline, ready.addresses.chaos, ready.tokens.chaos],
    [null, null, null],
  );
  const pids = pidsOf(ready);
  assert.equal(pids.length, 4);
  assert.ok(pids.every(isRunning));
  demo.process.kill('SIGKILL');
  assert.equal(await demo.exited, 'SIGKILL');
  await assertNothingLeft(demo, pids);
});

test('a process that dies unexpectedly is named, everything else is stopped, and the exit code is 1', async (t) => {
  const demo = startDemo(['--port=0', '--no-agent', '--no-load']);
  t.after(() => demo.process.kill('SIGKILL'));
  const ready = readySchema.parse(await demo.message('ready'));
  assert.equal(ready.pids.load, null);
  process.kill(ready.pids.pricing, 'SIGKILL');
  assert.equal(await demo.exited, 1);
  const { message } = failedSchema.parse(await demo.message('failed'));
  assert.equal(message, 'The pricing service ended unexpectedly (signal SIGKILL).');
  await assertNothingLeft(demo, pidsOf(ready));
});

for (const afterMs of [50, 700, 1_500])
  test(`Ctrl-C ${afterMs} ms after the start leaves nothing`, async () => {
    const demo = startDemo(['--port=0', '--quiet']);
    await delay(afterMs);
    demo.process.kill('SIGINT');
    const code = await demo.exited;
    // Node itself ends the process when the signal comes before anybody listens to it.
    assert.ok(code === 0 || (code === 'SIGINT' && afterMs === 50), `${code}: ${demo.stderr()}`);
    await assertNothingLeft(demo, []);
  });

const failures: readonly [
  what: string,
  args: readonly string[],
  environment: () => Promise<NodeJS.ProcessEnv>,
  code: number,
  says: RegExp,
][] = [
  ['a bad flag', ['--rate=0'], async () => ({}), 2, /^--rate must be a number from 0\.1 to 5000; got "0"\.$/],
  [
    'a bad variable',
    [],
    async () => ({ CACHE_TTL_MS: 'x' }),
    2,
    /^CACHE_TTL_MS must be an integer from 1 to/,
  ],
  [
    'a database that is not there',
    ['--port=0'],
    async () => ({ DATABASE_URL: `postgres://user:hunter2@127.0.0.1:${await freePort()}/shop` }),
    1,
    /^Cannot use the database at 127\.0\.0\.1:\d+\/shop: connection refused\. Check DATABASE_URL\.$/,
  ],
];
for (const [what, args, environment, code, says] of failures)
  test(`${what} ends the demo with one clear line and exit code ${code}`, async () => {
    const demo = startDemo(args, await environment());
    assert.equal(await demo.exited, code);
    const { message } = failedSchema.parse(await demo.message('failed'));
    assert.match(message, says);
    assert.doesNotMatch(demo.stdout() + demo.stderr(), /hunter2|\n\s+at /);
    await assertNothingLeft(demo, []);
  });

test('a taken port ends the demo before anything is started, and says what to choose', async (t) => {
  const holder = await listen(createServer(), 0, '127.0.0.1', 'PORT');
  t.after(() => holder.close(0));
  const demo = startDemo([`--port=${holder.port}`]);
  assert.equal(await demo.exited, 1);
  const { message } = failedSchema.parse(await demo.message('failed'));
  assert.equal(
    message,
    `Cannot start: port ${holder.port} of 127.0.0.1 is taken; choose another with PORT or --port (0 picks a free one).`,
  );
  await assertNothingLeft(demo, []);
});

test('--help tells flags and variables and starts nothing', async () => {
  const demo = startDemo(['--help']);
  assert.equal(await demo.exited, 0);
  assert.match(demo.stdout(), /--export-every S/);
  assert.match(demo.stdout(), /DATABASE_POOL_MAX/);
  await assertNothingLeft(demo, []);
});
