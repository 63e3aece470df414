import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStaleAddressPricing } from '../../src/pricing/client-stale-address.js';
import { priceOf } from '../../src/pricing/price.js';
import { startTestPricing } from '../harness/pricing.js';

test('the twin with the stale address gives each price up after its time limit, and asks nobody', async (t) => {
  const { good, asked } = await startTestPricing(t, { timeoutMs: 300 });
  let hits = 0;
  const twin = createStaleAddressPricing(good, {
    expired: () => false,
    onHarm: () => {
      hits += 1;
    },
  });
  t.after(() => twin.close());
  const ends = await Promise.allSettled([7, 8, 9, 10].map((id) => twin.priceOf(id)));
  assert.deepEqual(
    ends.map((end) => (end.status === 'rejected' ? end.reason.name : end.value)),
    Array(4).fill('AbortError'),
  );
  assert.deepEqual([hits, asked], [4, []]);
});

test('the twin with the stale address asks as the good client does once its lease has run out', async (t) => {
  const { good, asked } = await startTestPricing(t);
  const onHarm = () => assert.fail('the lease is over');
  const twin = createStaleAddressPricing(good, { expired: () => true, onHarm });
  t.after(() => twin.close());
  assert.deepEqual(await twin.priceOf(7), priceOf(7));
  assert.deepEqual(asked, ['/prices/7']);
});
