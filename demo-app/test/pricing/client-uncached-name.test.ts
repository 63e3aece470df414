import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUncachedNamePricing } from '../../src/pricing/client-uncached-name.js';
import { priceOf } from '../../src/pricing/price.js';
import { startTestPricing } from '../harness/pricing.js';

test('the twin with the uncached name gives each price, and waits for a look-up before each', async (t) => {
  const { good, asked } = await startTestPricing(t);
  let hits = 0;
  const twin = createUncachedNamePricing(good, {
    delayMs: 150,
    expired: () => false,
    onHarm: () => {
      hits += 1;
    },
  });
  t.after(() => twin.close());
  for (const id of [7, 8]) {
    const startedMs = performance.now();
    assert.deepEqual(await twin.priceOf(id), priceOf(id));
    assert.ok(performance.now() - startedMs >= 140);
  }
  assert.deepEqual([hits, asked], [2, ['/prices/7', '/prices/8']]);
});

test('the twin with the uncached name asks as the good client does once its lease has run out', async (t) => {
  const { good, asked } = await startTestPricing(t);
  const onHarm = () => assert.fail('the lease is over');
  const twin = createUncachedNamePricing(good, { delayMs: 5_000, expired: () => true, onHarm });
  t.after(() => twin.close());
  assert.deepEqual(await twin.priceOf(7), priceOf(7));
  assert.deepEqual(asked, ['/prices/7']);
});
