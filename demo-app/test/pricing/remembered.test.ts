import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFeatures } from '../../src/features.js';
import { priceOf } from '../../src/pricing/price.js';
import { askPrice, type PriceQuery } from '../../src/pricing/price-query.js';
import { createPrices } from '../../src/pricing/remembered.js';

function start() {
  const features = createFeatures();
  const asked: string[] = [];
  const pricing = {
    async priceOf(productId: number, query: PriceQuery = askPrice) {
      asked.push(query(productId));
      if (productId === 13) throw new Error('no price in time');
      return priceOf(productId);
    },
  };
  return {
    features,
    asked,
    prices: createPrices(
      () => pricing,
      features,
      () => askPrice,
      () => (ask) => ask(),
    ),
  };
}

test('a live price is asked for each time', async () => {
  const { prices, asked } = start();
  for (let turn = 0; turn < 2; turn += 1)
    assert.deepEqual(await prices.of(7), { price: priceOf(7), priceStatus: 'current' });
  assert.deepEqual(asked, ['/prices/7', '/prices/7']);
});

test('a price that cannot be had rejects', async () => {
  const { prices } = start();
  await assert.rejects(prices.of(13), /no price in time/);
});

test('with live prices switched off nobody is asked, and the remembered price has to do', async () => {
  const { prices, asked, features } = start();
  await prices.of(7);
  features.set('live-prices', false);
  assert.deepEqual(await prices.of(7), { price: priceOf(7), priceStatus: 'remembered' });
  assert.equal(await prices.of(8), null);
  assert.deepEqual(asked, ['/prices/7']);
  features.set('live-prices', true);
  assert.equal((await prices.of(8))?.priceStatus, 'current');
});
