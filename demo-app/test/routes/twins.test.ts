import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningFault } from '@faultline/chaos';
import { z } from 'zod';
import { createArrivals } from '../../src/routes/arrivals/arrivals.js';
import { createTickingWait } from '../../src/routes/arrivals/wait-ticking.js';
import { tidySearch } from '../../src/routes/search/tidy.js';
import { createBacktrackingTidy } from '../../src/routes/search/tidy-backtracking.js';
import { createParcelReader } from '../../src/routes/sheet/parcel.js';
import { admin, startTestApi, type TestApi } from '../harness/api.js';
import { startTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/process.js';

let database: TestDatabase;
let api: TestApi;

before(async () => {
  database = await startTestDatabase(5_000);
  api = await startTestApi(database.url);
});
after(async () => {
  await api?.close();
  await database?.stop();
});

const expired = () => false;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const hostile = `/products?search=${'a'.repeat(25)}!`;
const report = '/admin/stock-report';
const previewLink = () =>
  api.send('POST', '/admin/products/7/preview-links', { password: 'a long password' }, admin);
const textOf = async (path: string) => {
  const response = await api.get(path, admin);
  assert.equal(response.status, 200);
  return response.text();
};

/** Every feature with a bad twin: how it is asked, and how the twin is put in. */
const twins: readonly {
  readonly name: string;
  readonly feature: string;
  readonly ask: () => Promise<unknown>;
  readonly breakIt: (ended: () => boolean) => RunningFault;
}[] = [
  {
    name: 'the synchronous product sheet',
    feature: 'product-sheet',
    ask: () => textOf('/products/7/sheet'),
    breakIt: (ended) => api.context.productSheet.useSyncTwin({ toolDelayMs: 150, expired: ended }),
  },
  {
    name: 'the backtracking search',
    feature: 'search',
    ask: () => textOf(hostile),
    breakIt: (ended) => api.context.search.useBacktrackingTwin({ lengthMax: 28, expired: ended }),
  },
  {
    name: 'the synchronous key derivation',
    feature: 'preview-links',
    ask: async () => (await previewLink()).status,
    breakIt: (ended) => api.context.previewLinks.useSyncTwin({ iterations: 1_000_000, expired: ended }),
  },
  {
    name: 'the wait from tick to tick',
    feature: 'arrivals',
    ask: () => textOf('/products/arrivals?wait=0.05'),
    breakIt: (ended) => api.context.arrivals.useTickingTwin({ lookMs: 150, expired: ended }),
  },
  {
    name: 'the stock report from a copy',
    feature: 'stock-report',
    ask: () => textOf(report),
    breakIt: (ended) => api.context.stockReportCopy.useCopyingTwin({ copies: 5, expired: ended }),
  },
];

/** Longest delay of the event loop while something is asked. Unit: ms. */
async function longestBlockMs(ask: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The first tick of the monitor only says where to count from.
  await sleep(20);
  await ask();
  delay.disable();
  return delay.max / 1e6;
}

for (const { name, feature, ask, breakIt } of twins) {
  test(`${name} answers like the good twin, but blocks, and is gone when it is stopped`, async () => {
    const good = await ask();
    const goodMs = Math.min(await longestBlockMs(ask), await longestBlockMs(ask), await longestBlockMs(ask));
    const fault = breakIt(expired);
    // The first time some twins read what they need.
    assert.deepEqual(await ask(), good);
    const badMs = await longestBlockMs(ask);
    assert.equal(fault.signal().hits, 2);
    fault.stop();
    assert.deepEqual(await ask(), good);
    assert.equal(fault.signal().hits, 2);
    assert.ok(badMs > goodMs * 2, `good ${goodMs} ms, bad ${badMs} ms`);
  });

  test(`${name} does no harm once its lease has ended`, async () => {
    const good = await ask();
    const fault = breakIt(() => true);
    assert.deepEqual(await ask(), good);
    assert.equal(fault.signal().hits, 0);
    fault.stop();
  });

  test(`${name} belongs to a feature that can be switched off and on`, async () => {
    const put = (enabled: boolean) => api.send('PUT', `/admin/features/${feature}`, { enabled }, admin);
    assert.equal((await put(false)).status, 200);
    const refused = feature === 'preview-links' ? await previewLink() : null;
    if (refused === null) await assert.rejects(ask());
    else assert.equal(refused.status, 503);
    await put(true);
    await ask();
  });
}

test('the list of products goes on while searches are switched off', async () => {
  await api.send('PUT', '/admin/features/search', { enabled: false }, admin);
  const [list, search] = [await api.get('/products'), await api.get('/products?search=mug')];
  await api.send('PUT', '/admin/features/search', { enabled: true }, admin);
  assert.deepEqual([list.status, search.status], [200, 503]);
});

test('both ways to tidy a search agree', () => {
  const bad = createBacktrackingTidy({ lengthMax: 100, expired, onBlock: () => {} });
  for (const text of ['mug', 'large   mug', 'Käse 12', 'a-b', '100% cotton', 'x!', 'über  groß'])
    assert.equal(bad(text), tidySearch(text), text);
  assert.equal(tidySearch('large \t mug'), 'large mug');
  assert.equal(tidySearch('a  -  b'), 'a  -  b');
});

test('a preview link carries the key of its password and not the password', async () => {
  const response = await previewLink();
  const text = await response.text();
  assert.equal(response.status, 201);
  assert.doesNotMatch(text, /a long password/);
  const { salt, iterations, key } = z
    .object({ salt: z.string(), iterations: z.int(), key: z.string() })
    .parse(JSON.parse(text));
  const expected = pbkdf2Sync('a long password', Buffer.from(salt, 'base64url'), iterations, 32, 'sha256');
  assert.equal(key, expected.toString('base64url'));
});

test('sheets and preview links of products that do not exist are 404, short passwords 422', async () => {
  const unknown = await api.get('/products/2000000/sheet');
  const post = (id: number, password: string) =>
    api.send('POST', `/admin/products/${id}/preview-links`, { password }, admin);
  const statuses = [unknown.status, (await post(2_000_000, 'long enough')).status];
  assert.deepEqual([...statuses, (await post(7, 'short')).status], [404, 404, 422]);
});

test('the stock report adds up what is in the warehouse', async () => {
  const [expected] = await api.database.query<{ pieces: number }>(
    'select sum(stock)::float8 as pieces from products',
  );
  const { categories } = z
    .object({ categories: z.array(z.object({ category: z.string(), pieces: z.number() })) })
    .parse(JSON.parse(await textOf(report)));
  assert.ok(categories.length > 3);
  assert.equal(
    categories.reduce((sum, { pieces }) => sum + pieces, 0),
    expected?.pieces,
  );
});

const arrivalsSchema = z.object({ newestId: z.int(), isNew: z.boolean() });
const waitForNew = async (seconds: number) => {
  const response = await api.get(`/products/arrivals?after=0&wait=${seconds}`);
  return arrivalsSchema.parse(await response.json());
};
const createProduct = (sku: string) =>
  api.send('POST', '/products', { sku, name: 'New', brand: 'B', category: 'C', weightGrams: 1 });

test('waiting for a new product ends with the time given, by listening and by polling', async () => {
  assert.deepEqual(await waitForNew(0.1), { newestId: 0, isNew: false });
  const fault = api.context.arrivals.usePollingTwin({ looksPerTurn: 10, expired });
  assert.deepEqual(await waitForNew(0.1), { newestId: 0, isNew: false });
  assert.equal(fault.signal().hits, 1);
  fault.stop();
  await waitForNew(0.1);
  assert.equal(fault.signal().hits, 1);
});

test('polling ends at once when the lease has ended', async () => {
  let isOver = false;
  const fault = api.context.arrivals.usePollingTwin({ looksPerTurn: 10, expired: () => isOver });
  const beganMs = performance.now();
  const waiting = waitForNew(10);
  await sleep(100);
  isOver = true;
  await waiting;
  fault.stop();
  assert.ok(performance.now() - beganMs < 9_000);
});

test('looking from tick to tick ends when the lease does, though no timer runs', async () => {
  const arrivals = createArrivals();
  let looks = 0;
  const isOver = () => {
    looks += 1;
    return looks > 1_000;
  };
  const wait = createTickingWait({ lookMs: 60_000, expired: isOver, onStarve: () => {} });
  const waiting = wait(arrivals, 0, new AbortController().signal);
  await sleep(1);
  assert.equal(looks, 1_001);
  arrivals.announce(1);
  await waiting;
});

test('a new product wakes who waits for it, and who comes later need not wait', async () => {
  const waiting = waitForNew(10);
  await sleep(100);
  assert.equal((await createProduct('ARRIVAL-1')).status, 201);
  const { newestId, isNew } = await waiting;
  assert.ok(isNew && newestId > 0);
  assert.deepEqual(await waitForNew(10), { newestId, isNew });
});

for (const name of ['growing', 'awaiting'] as const) {
  test(`the ${name} cache answers like the good one, never from what it keeps, and is gone when it is stopped`, async () => {
    const look = async () => {
      const response = await api.get('/products/11');
      return { cached: response.headers.get('x-cache'), body: await response.text() };
    };
    await look();
    const good = await look();
    assert.equal(good.cached, 'hit');
    const { productCache, productRefresh } = api.context;
    const options = { pagesPerVisit: 5, expired };
    const fault =
      name === 'growing' ? productCache.useGrowingTwin(options) : productRefresh.useAwaitingTwin(options);
    const missed = { ...good, cached: 'miss' };
    assert.deepEqual([await look(), await look()], [missed, missed]);
    assert.equal(fault.signal().hits, 2);
    fault.stop();
    assert.deepEqual(await look(), good);
    assert.equal(fault.signal().hits, 2);
  });
}

test('without its cache the shop reads each product anew, and nothing grows any more', async () => {
  const put = (enabled: boolean) => api.send('PUT', '/admin/features/product-cache', { enabled }, admin);
  const fault = api.context.productCache.useGrowingTwin({ pagesPerVisit: 5, expired });
  await put(false);
  const response = await api.get('/products/12');
  assert.deepEqual([response.status, response.headers.get('x-cache')], [200, 'miss']);
  assert.equal(fault.signal().hits, 0);
  await put(true);
  fault.stop();
});

/** Beginning of a JPEG, and then bytes that tell one photo from the other. */
const photo = (mark: number) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(65_532, mark)]);
const sendPhoto = async (body: Buffer, type = 'image/jpeg', id = 7) => {
  const response = await fetch(`${api.url}/admin/products/${id}/photos`, {
    method: 'POST',
    headers: { ...admin, 'content-type': type },
    body: new Uint8Array(body),
  });
  const text = await response.text();
  return { status: response.status, answer: response.ok ? JSON.parse(text) : text };
};
/** What buffers take just after a collection; V8 frees them a little later. Unit: bytes. */
const buffersKept = (): number => {
  collect();
  return process.memoryUsage().arrayBuffers;
};

test('a photo is told from one that was sent before, and only photos are taken', async () => {
  const first = await sendPhoto(photo(1));
  assert.deepEqual(first, { status: 201, answer: { productId: 7, bytes: 65_536, isKnown: false } });
  assert.equal((await sendPhoto(photo(1))).answer.isKnown, true);
  assert.equal((await sendPhoto(photo(2))).answer.isKnown, false);
  assert.equal((await sendPhoto(Buffer.from('{}'))).status, 422);
  assert.equal((await sendPhoto(photo(3), 'application/json')).status, 415);
  assert.equal((await sendPhoto(photo(3), 'image/jpeg', 2_000_000)).status, 404);
});

test('slices keep the uploads that they are cut from, copies do not, and the stop lets go of them', async () => {
  const start = buffersKept();
  for (let mark = 10; mark < 20; mark += 1) await sendPhoto(photo(mark));
  // What the test's own client has in hand is a few megabytes.
  const uploads = 10 * 100 * 65_536;
  const isLetGo = () => buffersKept() - start < uploads / 4;
  assert.ok(await eventually(isLetGo, 20_000), 'copies keep nothing');
  const fault = api.context.photos.useSlicingTwin({ renditionsPerUpload: 100, expired });
  for (let mark = 20; mark < 30; mark += 1) await sendPhoto(photo(mark));
  assert.equal(fault.signal().hits, 10);
  await sleep(500);
  const withSlices = buffersKept() - start;
  assert.ok(withSlices > uploads / 2, `${withSlices}`);
  fault.stop();
  assert.ok(await eventually(isLetGo, 20_000), 'the stop lets go');
});

test('the photos are let go of once the lease has ended, and can be switched off', async () => {
  const fault = api.context.photos.useSlicingTwin({ renditionsPerUpload: 20, expired: () => true });
  assert.equal((await sendPhoto(photo(40))).status, 201);
  assert.equal(fault.signal().hits, 0);
  await api.send('PUT', '/admin/features/photos', { enabled: false }, admin);
  assert.equal((await sendPhoto(photo(41))).status, 503);
  await api.send('PUT', '/admin/features/photos', { enabled: true }, admin);
  fault.stop();
});

test('an oversized cache answers like the good one and is gone when it is stopped', async () => {
  const look = async () => (await api.get('/products/21')).text();
  const good = await look();
  // A heap so small that it is full already: nothing is warmed up in this process.
  const fault = api.context.oversizedCache.useOversizedTwin({ fillShare: 0, expired });
  assert.deepEqual([await look(), await look()], [good, good]);
  assert.equal(fault.signal().hits, 1);
  fault.stop();
  assert.equal(await look(), good);
});

test('whoever switches the cache off gets its memory back', async () => {
  const look = async () => (await api.get('/products/22')).headers.get('x-cache');
  assert.deepEqual([await look(), await look()], ['miss', 'hit']);
  await api.send('PUT', '/admin/features/product-cache', { enabled: false }, admin);
  assert.equal(await look(), 'miss');
  await api.send('PUT', '/admin/features/product-cache', { enabled: true }, admin);
  assert.deepEqual([await look(), await look()], ['miss', 'hit']);
});

test('prices are asked for with a TLS context each, until that is stopped', async () => {
  const look = async (id: number) => (await api.get(`/products/${id}`)).status;
  const fault = api.context.pricingTls.useTlsTwin({ authorities: 3, expired });
  assert.deepEqual([await look(31), await look(32)], [200, 200]);
  assert.equal(fault.signal().hits, 2);
  fault.stop();
  assert.equal(await look(33), 200);
  const over = api.context.pricingTls.useTlsTwin({ authorities: 3, expired: () => true });
  assert.equal(await look(34), 200);
  assert.deepEqual([fault.signal().hits, over.signal().hits], [2, 0]);
  over.stop();
});

test('a copied shelf shows the same product, and nothing is copied once it is stopped', async () => {
  const look = async () => (await api.get('/products/13')).text();
  const good = await look();
  const fault = api.context.productCopies.useCloningTwin({ shelfMax: 300, expired });
  assert.deepEqual([await look(), await look()], [good, good]);
  assert.equal(fault.signal().hits, 2);
  await api.send('PUT', '/admin/features/product-copies', { enabled: false }, admin);
  assert.equal(await look(), good);
  await api.send('PUT', '/admin/features/product-copies', { enabled: true }, admin);
  fault.stop();
  assert.equal(await look(), good);
  assert.equal(fault.signal().hits, 2);
});

test('a copied shelf is not copied once its lease has ended', async () => {
  const fault = api.context.productCopies.useCloningTwin({ shelfMax: 300, expired: () => true });
  assert.equal((await api.get('/products/14')).status, 200);
  assert.equal(fault.signal().hits, 0);
  fault.stop();
});

const usedConnections = (): number => api.database.pool.totalCount - api.database.pool.idleCount;
const statusOf = async (path: string): Promise<number> => {
  const response = await api.get(path, admin);
  await response.arrayBuffer();
  return response.status;
};

test('the leaking sheet fails and keeps a connection each time, until the fault is stopped', async () => {
  const good = await textOf('/products/7/sheet');
  const fault = api.context.parcels.useLeakingTwin({ expired });
  for (let visit = 0; visit < 3; visit += 1) assert.equal(await statusOf('/products/7/sheet'), 500);
  assert.deepEqual([usedConnections(), fault.signal().hits], [3, 3]);
  fault.stop();
  assert.equal(usedConnections(), 0);
  assert.equal(await textOf('/products/7/sheet'), good);
});

test('the leaking sheet does no harm once its lease has ended', async () => {
  const good = await textOf('/products/7/sheet');
  const fault = api.context.parcels.useLeakingTwin({ expired: () => true });
  assert.equal(await textOf('/products/7/sheet'), good);
  assert.deepEqual([usedConnections(), fault.signal().hits], [0, 0]);
  fault.stop();
});

test('the good sheet gives its connection back when its query fails', async () => {
  const readParcel = createParcelReader(api.database.pool);
  await assert.rejects(readParcel(Number.NaN), /integer/);
  assert.equal(usedConnections(), 0);
  assert.equal(await readParcel(1_000_000), null);
  assert.equal(usedConnections(), 0);
});

test('connections that are held without a query are taken back, and those that ask something are not', async () => {
  const fault = api.context.parcels.useLeakingTwin({ expired });
  await statusOf('/products/7/sheet');
  const asking = api.database.query('select pg_sleep(0.3)');
  await until(() => usedConnections() === 2);
  assert.equal(api.database.takeBackHeld(60_000), 0);
  assert.equal(api.database.takeBackHeld(0), 1);
  assert.equal(usedConnections(), 1);
  await asking;
  const response = await fetch(`${api.url}/admin/connections/held`, { method: 'DELETE', headers: admin });
  assert.deepEqual(await response.json(), { takenBack: 0 });
  fault.stop();
  assert.equal(usedConnections(), 0);
});

test('the slow search finds what the good one finds, later, and does no harm once its lease has ended', async () => {
  const path = '/products?search=Mug&limit=3';
  const good = await textOf(path);
  const fault = api.context.searchQuery.useSlowTwin({ seconds: 0.5, expired });
  const startMs = performance.now();
  assert.equal(await textOf(path), good);
  assert.ok(performance.now() - startMs >= 490);
  assert.equal(fault.signal().hits, 1);
  fault.stop();
  const ended = api.context.searchQuery.useSlowTwin({ seconds: 9, expired: () => true });
  assert.equal(await textOf(path), good);
  assert.equal(ended.signal().hits, 0);
  ended.stop();
});

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, 'waited for 20 s');
    await sleep(10);
  }
}
