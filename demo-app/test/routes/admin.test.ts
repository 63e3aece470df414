import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, type TestContext, test } from 'node:test';
import express from 'express';
import pg from 'pg';
import { z } from 'zod';
import { createFeatures } from '../../src/features.js';
import { listen } from '../../src/lifecycle/http-server.js';
import { createExports } from '../../src/routes/admin/export.js';
import { admin, adminToken, startTestApi, type TestApi } from '../harness/api.js';
import { startTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/process.js';

const productCount = 20_000;
const exportPath = '/admin/products/export-all';
let database: TestDatabase;
let api: TestApi;

before(async () => {
  database = await startTestDatabase(productCount);
  api = await startTestApi(database.url);
});
after(async () => {
  await api?.close();
  await database?.stop();
});

const lineSchema = z.object({
  checksum: z.string().regex(/^[\da-f]{8}$/),
  product: z.object({ id: z.int(), sku: z.string(), descriptionHtml: z.string(), slug: z.string() }),
});

const featuresSchema = z.object({
  features: z.array(
    z.object({ name: z.string(), route: z.string(), meaning: z.string(), enabled: z.boolean() }),
  ),
});

const codeOf = async (response: Response) => z.object({ code: z.string() }).parse(await response.json()).code;

async function exportAll(target = api): Promise<string> {
  const response = await target.get(exportPath, admin);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^application\/x-ndjson/);
  return response.text();
}

async function countProducts(): Promise<number> {
  const [row] = await api.database.query<{ count: number }>('select count(*)::int as count from products');
  return row?.count ?? 0;
}

test('admin routes need the token', async () => {
  for (const headers of [{}, { Authorization: `Bearer ${adminToken}x` }, { Authorization: 'Basic abc' }]) {
    const response = await api.get(exportPath, headers);
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
    assert.equal(await codeOf(response), 'unauthorized');
  }
});

test('without a token set the admin routes are closed', async (t) => {
  const closed = await startTestApi(database.url, { ADMIN_TOKEN: '' });
  t.after(() => closed.close());
  const response = await closed.get('/admin/features', admin);
  assert.deepEqual([response.status, await codeOf(response)], [403, 'admin-closed']);
});

test('the export has one line for each product, in the order of ids', async () => {
  const lines = (await exportAll()).trimEnd().split('\n');
  assert.equal(lines.length, await countProducts());
  const ids = lines.map((line) => lineSchema.parse(JSON.parse(line)).product.id);
  assert.deepEqual(
    ids,
    ids.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(ids).size, lines.length);
});

test('descriptions are escaped for HTML', async () => {
  const lines = (await exportAll()).trimEnd().split('\n');
  const html = lines.map((line) => lineSchema.parse(JSON.parse(line)).product.descriptionHtml).join('');
  assert.match(html, /&amp;/);
  assert.match(html, /&quot;/);
  assert.doesNotMatch(html, /[<>"]|&(?!amp;|lt;|gt;|quot;)/);
});

test('the blocking twin gives the same lines, tells when it blocked, and goes when it is stopped', async () => {
  const good = await exportAll();
  const fault = api.context.exportAll.useBlockingTwin({ copies: 2, expired: () => false });
  assert.deepEqual(fault.signal(), { hits: 0, firstHitAt: null, lastHitAt: null });
  const beforeMs = Date.now();
  const bad = await exportAll();
  const afterMs = Date.now();
  const { hits, firstHitAt, lastHitAt } = fault.signal();
  assert.equal(bad, good);
  assert.equal(hits, 1);
  assert.equal(firstHitAt, lastHitAt);
  assert.ok(firstHitAt !== null && firstHitAt >= beforeMs && firstHitAt <= afterMs);

  fault.stop();
  fault.stop();
  await exportAll();
  assert.equal(fault.signal().hits, 1);
});

test('a fault that was replaced by a later one does not end the later one', async () => {
  const first = api.context.exportAll.useBlockingTwin({ copies: 1, expired: () => false });
  const second = api.context.exportAll.useBlockingTwin({ copies: 1, expired: () => false });
  first.stop();
  await exportAll();
  assert.deepEqual([first.signal().hits, second.signal().hits], [0, 1]);
  second.stop();
});

test('a block in progress is given up when the lease has ended, and the client is told', async () => {
  let asked = 0;
  const expired = () => {
    asked += 1;
    return asked > 2;
  };
  const fault = api.context.exportAll.useBlockingTwin({ copies: 1, expired });
  const response = await api.get(exportPath, admin);
  fault.stop();
  assert.deepEqual([response.status, await codeOf(response)], [503, 'export-ended']);
  assert.equal(asked, 3);
});

/** Longest delay of the event loop while an export runs. Unit: ms. */
async function longestBlockMs(): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await exportAll();
  delay.disable();
  return delay.max / 1e6;
}

test('the streaming export blocks the loop many times shorter than its twin', async () => {
  await exportAll();
  const goodMs = Math.min(await longestBlockMs(), await longestBlockMs(), await longestBlockMs());
  const fault = api.context.exportAll.useBlockingTwin({ copies: 4, expired: () => false });
  const badMs = await longestBlockMs();
  fault.stop();
  assert.ok(badMs > goodMs * 5, `streaming ${goodMs} ms, blocking ${badMs} ms`);
});

test('a client that goes away gives its connection back, and the next export works', async (t) => {
  const small = await startTestApi(database.url, { DATABASE_POOL_MAX: '1' });
  t.after(() => small.close());
  for (let round = 0; round < 3; round += 1) {
    const abort = new AbortController();
    const response = await fetch(small.url + exportPath, { headers: admin, signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    const { pool } = small.database;
    assert.ok(await eventually(() => pool.totalCount === pool.idleCount && pool.waitingCount === 0, 10_000));
  }
  assert.equal((await exportAll(small)).trimEnd().split('\n').length, await countProducts());
});

test('an export that takes too long is cut, and its connection comes back', async (t) => {
  const hasty = await startTestApi(database.url, { EXPORT_TIMEOUT_MS: '200', DATABASE_POOL_MAX: '1' });
  t.after(() => hasty.close());
  const response = await hasty.get(exportPath, admin);
  const reader = response.body?.getReader();
  await reader?.read();
  // Nothing is read for a while, so that the export has to wait for us.
  const { pool } = hasty.database;
  assert.ok(await eventually(() => pool.totalCount === pool.idleCount, 10_000));
  await assert.rejects(async () => {
    while (!(await reader?.read())?.done);
  });
});

test('beyond the limit exports are refused until one has ended', async (t) => {
  const narrow = await startTestApi(database.url, { EXPORTS_MAX: '1' });
  t.after(() => narrow.close());
  const abort = new AbortController();
  const first = await fetch(narrow.url + exportPath, { headers: admin, signal: abort.signal });
  await first.body?.getReader().read();
  const second = await narrow.get(exportPath, admin);
  assert.deepEqual([second.status, await codeOf(second)], [503, 'too-many-exports']);
  assert.ok(second.headers.has('retry-after'));
  abort.abort();
  assert.ok(
    await eventually(async () => {
      const response = await narrow.get(exportPath, admin);
      await response.text();
      return response.status === 200;
    }, 10_000),
  );
});

/** Opens so many exports of which each reads its beginning and then nothing. */
async function openSlowReaders(t: TestContext, target: TestApi, count: number): Promise<readonly Reader[]> {
  const abort = new AbortController();
  t.after(() => abort.abort());
  return Promise.all(
    Array.from({ length: count }, async () => {
      const response = await fetch(target.url + exportPath, { headers: admin, signal: abort.signal });
      assert.equal(response.status, 200);
      const reader = response.body!.getReader();
      await reader.read();
      return reader;
    }),
  );
}
type Reader = ReadableStreamDefaultReader<Uint8Array>;
const readAll = async (reader: Reader): Promise<void> => {
  while (!(await reader.read()).done);
};

test('the patient twin lets every slow reader have a connection, and its stop gives them back', async (t) => {
  const narrow = await startTestApi(database.url, { EXPORTS_MAX: '1', DATABASE_POOL_MAX: '3' });
  t.after(() => narrow.close());
  const fault = narrow.context.exportReaders.usePatientTwin({ expired: () => false });
  const readers = await openSlowReaders(t, narrow, 3);
  const { pool } = narrow.database;
  assert.deepEqual([pool.totalCount, pool.idleCount, fault.signal().hits], [3, 0, 3]);
  fault.stop();
  assert.ok(await eventually(() => pool.totalCount === pool.idleCount, 10_000));
  for (const reader of readers) await assert.rejects(readAll(reader));
  await openSlowReaders(t, narrow, 1);
  assert.equal((await narrow.get(exportPath, admin)).status, 503, 'the good twin has its limits again');
  assert.equal(fault.signal().hits, 3);
});

test('the patient twin ends its exports once its lease has run out', async (t) => {
  const target = await startTestApi(database.url);
  t.after(() => target.close());
  let isOver = false;
  const fault = target.context.exportReaders.usePatientTwin({ expired: () => isOver });
  const [reader] = await openSlowReaders(t, target, 1);
  isOver = true;
  await assert.rejects(readAll(reader!));
  fault.stop();
});

test('exports that wait for their readers can be taken back, and those that are read cannot', async (t) => {
  const features = createFeatures();
  let waits = true;
  const exports = createExports(
    () => ({
      limits: { exportsMax: 9, timeoutMs: 60_000 },
      send: (response, signal) => {
        Object.defineProperty(response, 'writableNeedDrain', { get: () => waits });
        response.write('begun');
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
      },
    }),
    features,
  );
  const server = await listen(createServer(express().get('/', exports.handle)), 0, '127.0.0.1', 'PORT');
  t.after(() => server.close(0));
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(exports.takeBackHeld(60_000), 0, 'too young');
  waits = false;
  assert.equal(exports.takeBackHeld(0), 0, 'its reader is fast');
  waits = true;
  assert.equal(exports.takeBackHeld(0), 1);
  assert.ok(await eventually(async () => exports.takeBackHeld(0) === 0, 10_000));
  await response.body?.cancel();
});

test('the kill switch turns the export off and on again', async () => {
  const put = (body: unknown) => api.send('PUT', '/admin/features/export-all', body, admin);
  const off = await put({ enabled: false });
  assert.equal(off.status, 200);
  const refused = await api.get(exportPath, admin);
  assert.equal(refused.status, 503);
  assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(await codeOf(refused), 'feature-disabled');
  const listed = featuresSchema.parse(await (await api.get('/admin/features', admin)).json());
  assert.deepEqual(
    listed.features.filter(({ enabled }) => !enabled).map(({ name, route }) => [name, route]),
    [['export-all', 'GET /admin/products/export-all']],
  );
  await put({ enabled: true });
  assert.equal((await api.get(exportPath, admin)).status, 200);
});

test('a switch for an unknown feature and a switch without state are refused', async () => {
  const unknown = await api.send('PUT', '/admin/features/teleport', { enabled: false }, admin);
  assert.deepEqual([unknown.status, await codeOf(unknown)], [404, 'feature-not-found']);
  const unclear = await api.send('PUT', '/admin/features/export-all', { enabled: 'no' }, admin);
  assert.deepEqual([unclear.status, await codeOf(unclear)], [422, 'validation-failed']);
});

test('says who has how many sessions, and ends those of an application that are idle', async (t) => {
  const other = new pg.Client({ connectionString: database.url, application_name: 'reports' });
  const ended = new Promise((resolve) => other.on('error', resolve));
  t.after(() => other.end().catch(() => {}));
  await other.connect();
  const counts = await (await api.get('/admin/connections/sessions', admin)).json();
  const reports = (counts as { sessions: { application: string; count: number }[] }).sessions.find(
    ({ application }) => application === 'reports',
  );
  assert.equal(reports?.count, 1);
  const path = `${api.url}/admin/connections/sessions/reports`;
  const end = async (): Promise<unknown> => (await fetch(path, { method: 'DELETE', headers: admin })).json();
  assert.deepEqual(await end(), { application: 'reports', ended: 1 });
  await ended;
  assert.deepEqual(await end(), { application: 'reports', ended: 0 });
});

test('the pool waits for connections as long as it is told, and then as before', async () => {
  const before = api.database.pool.options.connectionTimeoutMillis;
  const put = (ms: number) => api.send('PUT', '/admin/connections/wait', { ms }, admin);
  assert.deepEqual(await (await put(20_000)).json(), { waitMs: 20_000 });
  assert.equal(api.database.pool.options.connectionTimeoutMillis, 20_000);
  for (const ms of [99, 60_001]) assert.equal((await put(ms)).status, 422);
  const undone = await fetch(`${api.url}/admin/connections/wait`, { method: 'DELETE', headers: admin });
  assert.deepEqual(await undone.json(), { waitMs: before });
  assert.equal(api.database.pool.options.connectionTimeoutMillis, before);
});
