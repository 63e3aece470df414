import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createComparingPricing } from '../../src/pricing/client-comparing.js';
import { priceOf } from '../../src/pricing/price.js';
import { startTestPricing } from '../harness/pricing.js';

test('the comparing twin gives the price and asks for its neighbours, one after the other', async (t) => {
  const { good, asked, most } = await startTestPricing(t);
  let hits = 0;
  const twin = createComparingPricing(good, {
    sockets: 1,
    comparisons: 3,
    expired: () => false,
    onHarm: () => {
      hits += 1;
    },
  });
  const prices = await Promise.all([twin.priceOf(7), twin.priceOf(20)]);
  assert.deepEqual(prices, [priceOf(7), priceOf(20)]);
  assert.equal(most(), 1);
  // The second price waits behind all that was asked along with the first.
  assert.deepEqual(
    asked.slice(0, 5).map((url) => url.split('?')[0]),
    ['/prices/7', '/prices/8', '/prices/9', '/prices/10', '/prices/20'],
  );
  assert.equal(hits, 2);
});

test('without comparisons one visitor after the other waits for nobody, and that is no harm', async (t) => {
  const { good, asked } = await startTestPricing(t);
  const onHarm = () => assert.fail('no call has waited');
  const twin = createComparingPricing(good, { sockets: 1, comparisons: 0, expired: () => false, onHarm });
  for (let turn = 0; turn < 3; turn += 1) await twin.priceOf(7);
  assert.equal(asked.length, 3);
});

test('the comparing twin asks as the good client does once its lease has run out', async (t) => {
  const { good, asked } = await startTestPricing(t);
  const onHarm = () => assert.fail('the lease is over');
  const twin = createComparingPricing(good, { sockets: 1, comparisons: 3, expired: () => true, onHarm });
  assert.deepEqual(await twin.priceOf(7), priceOf(7));
  assert.deepEqual(asked, ['/prices/7']);
});
