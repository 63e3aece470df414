import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { priceOf } from '../../src/pricing/price.js';
import { admin, startTestApi, type TestApi } from '../harness/api.js';
import { startTestDatabase, type TestDatabase } from '../harness/database.js';

const productCount = 250;
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

const itemSchema = z.object({ id: z.int(), name: z.string(), sku: z.string() });
const pageSchema = z.object({ items: z.array(itemSchema), nextCursor: z.string().nullable() });
const viewSchema = itemSchema.extend({
  price: z.object({ productId: z.int(), currency: z.literal('EUR'), amountCents: z.int() }).nullable(),
  priceStatus: z.enum(['current', 'remembered', 'unavailable']),
});
const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

async function pageOf(query: string) {
  return pageSchema.parse(await (await api.get(`/products${query}`)).json());
}

async function expectProblem(response: Response, status: number, code: string) {
  assert.equal(response.status, status);
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = problemSchema.parse(await response.json());
  assert.deepEqual([problem.status, problem.code], [status, code]);
  return problem;
}

const mug = { sku: 'MUG-1', name: 'Mug', brand: 'Kestrel', category: 'Kitchen', weightGrams: 300 };

test('pages follow each other without gap or repetition until the end', async () => {
  const ids: number[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page: z.infer<typeof pageSchema> = await pageOf(
      `?limit=60${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== null);
  assert.equal(pages, 5);
  assert.deepEqual(
    ids,
    Array.from({ length: productCount }, (_, index) => index + 1),
  );
});

test('a page has twenty products unless asked otherwise', async () => {
  assert.equal((await pageOf('')).items.length, 20);
  assert.equal((await pageOf('?limit=3')).items.length, 3);
});

test('a search finds parts of names in any case, page by page', async () => {
  const { items, nextCursor } = await pageOf('?search=tEAp&limit=4');
  assert.equal(items.length, 4);
  assert.ok(items.every(({ name }) => /teap/i.test(name)));
  const next = await pageOf(`?search=tEAp&limit=4&cursor=${nextCursor}`);
  assert.ok((next.items[0]?.id ?? 0) > (items.at(-1)?.id ?? 0));
});

test("a search for LIKE's wildcards finds only names that hold them", async () => {
  assert.deepEqual((await pageOf('?search=%25')).items, []);
  assert.deepEqual((await pageOf('?search=_')).items, []);
});

for (const [query, field] of [
  ['?limit=0', 'limit'],
  ['?limit=101', 'limit'],
  ['?limit=ten', 'limit'],
  [`?search=${'x'.repeat(101)}`, 'search'],
  ['?search=a&search=b', 'search'],
] as const)
  test(`a list with ${query.slice(0, 30)} is refused and names ${field}`, async () => {
    const problem = await expectProblem(await api.get(`/products${query}`), 400, 'validation-failed');
    assert.equal(problem.errors?.[0]?.field, field);
  });

test('a forged cursor is refused', async () => {
  await expectProblem(await api.get('/products?cursor=abc'), 400, 'invalid-cursor');
});

test('a product comes with its price, the second time from the cache', async () => {
  const first = await api.get('/products/7');
  assert.equal(first.headers.get('x-cache'), 'miss');
  const view = viewSchema.parse(await first.json());
  assert.deepEqual([view.id, view.priceStatus, view.price?.productId], [7, 'current', 7]);
  const second = await api.get('/products/7');
  assert.equal(second.headers.get('x-cache'), 'hit');
  assert.deepEqual(viewSchema.parse(await second.json()), view);
});

test('without the pricing service a product comes without price, and is not cached like that', async (t) => {
  const lonely = await startTestApi(database.url);
  t.after(() => lonely.close());
  await lonely.stopPricing();
  for (let round = 0; round < 2; round += 1) {
    const response = await lonely.get('/products/8');
    const view = viewSchema.parse(await response.json());
    assert.deepEqual([response.status, view.price, view.priceStatus], [200, null, 'unavailable']);
    assert.equal(response.headers.get('x-cache'), 'miss');
  }
});

test('prices with their history are the same, but late, and a switch saves the wait', async (t) => {
  const shop = await startTestApi(database.url);
  t.after(() => shop.close());
  const priceIn = async (id: number) => {
    const startedMs = performance.now();
    const { price, priceStatus } = viewSchema.parse(await (await shop.get(`/products/${id}`)).json());
    return { amount: price?.amountCents ?? null, priceStatus, tookMs: performance.now() - startedMs };
  };
  const fault = shop.context.pricing.useHistoryTwin({ entries: 60, expired: () => false });
  const late = await priceIn(21);
  assert.deepEqual([late.amount, late.priceStatus], [priceOf(21).amountCents, 'current']);
  assert.ok(late.tookMs >= 120, `${late.tookMs} ms`);
  assert.equal(fault.signal().hits, 1);
  await shop.send('PUT', '/admin/features/live-prices', { enabled: false }, admin);
  const unknown = await priceIn(22);
  assert.deepEqual([unknown.amount, unknown.priceStatus], [null, 'unavailable']);
  assert.equal(fault.signal().hits, 1);
  await shop.send('PUT', '/admin/features/live-prices', { enabled: true }, admin);
  fault.stop();
  assert.equal((await priceIn(23)).priceStatus, 'current');
  assert.equal(fault.signal().hits, 1);
});

test('a product that does not exist is a problem, and so is an id that is none', async () => {
  await expectProblem(await api.get('/products/999999'), 404, 'product-not-found');
  for (const id of ['0', '-1', '1.5', 'abc', '99999999999'])
    await expectProblem(await api.get(`/products/${id}`), 400, 'validation-failed');
});

test('a created product is found where Location says', async () => {
  const response = await api.send('POST', '/products', {
    ...mug,
    tags: ['new'],
    attributes: { color: 'red' },
  });
  assert.equal(response.status, 201);
  const location = response.headers.get('location') ?? '';
  const created = itemSchema.parse(await response.json());
  assert.equal(location, `/products/${created.id}`);
  assert.equal(viewSchema.parse(await (await api.get(location)).json()).sku, 'MUG-1');
  await expectProblem(await api.send('POST', '/products', mug), 409, 'conflict');
});

test('a product with wrong fields is refused, and every field is named', async () => {
  const wrong = { ...mug, sku: 'x', weightGrams: -1, colour: 'red' };
  const problem = await expectProblem(await api.send('POST', '/products', wrong), 422, 'validation-failed');
  assert.deepEqual(problem.errors?.map(({ field }) => field).sort(), ['', 'sku', 'weightGrams']);
});

test('a body that is no JSON is refused with 400, 415 or 413', async () => {
  await expectProblem(await api.send('POST', '/products', '{"sku":'), 400, 'invalid-json');
  await expectProblem(
    await api.send('POST', '/products', 'sku=1', { 'Content-Type': 'text/plain' }),
    415,
    'unsupported-media-type',
  );
  const large = { ...mug, description: 'x'.repeat(200_000) };
  await expectProblem(await api.send('POST', '/products', large), 413, 'body-too-large');
});

test('an unknown path is a problem, and the service itself has no /metrics', async () => {
  await expectProblem(await api.get('/nowhere'), 404, 'not-found');
  await expectProblem(await api.get('/metrics'), 404, 'not-found');
});

test('liveness and readiness answer', async () => {
  assert.deepEqual(await (await api.get('/healthz')).json(), { status: 'ok' });
  assert.deepEqual(await (await api.get('/readyz')).json(), { status: 'ready' });
});

test('without a database the service lives but is not ready, and requests are told to come again', async (t) => {
  const lost = await startTestApi('postgres://nobody@127.0.0.1:1/nothing');
  t.after(() => lost.close());
  assert.equal((await lost.get('/healthz')).status, 200);
  await expectProblem(await lost.get('/readyz'), 503, 'database-unavailable');
  const response = await lost.get('/products');
  assert.equal(response.headers.get('retry-after'), '1');
  await expectProblem(response, 503, 'database-unavailable');
});

test('a client that sends too much is slowed down with 429', async (t) => {
  const strict = await startTestApi(database.url, { RATE_LIMIT_PER_MINUTE: '3' });
  t.after(() => strict.close());
  for (let round = 0; round < 3; round += 1)
    assert.equal((await strict.get('/products?limit=1')).status, 200);
  await expectProblem(await strict.get('/products?limit=1'), 429, 'too-many-requests');
});
