import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUnreadPricing } from '../../src/pricing/client-unread.js';
import { priceOf } from '../../src/pricing/price.js';
import { startTestPricing } from '../harness/pricing.js';
import { eventually } from '../harness/process.js';

const busySockets = ({ sockets }: { readonly sockets: NodeJS.ReadOnlyDict<readonly unknown[]> }) =>
  Object.values(sockets).reduce((sum, list) => sum + (list?.length ?? 0), 0);
const until = async (isSo: () => boolean) => assert.ok(await eventually(isSo, 5_000));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('the unread twin gives prices while there are sockets, and keeps one for each look', async (t) => {
  const { good } = await startTestPricing(t, { socketsMax: 3 });
  let hits = 0;
  const twin = createUnreadPricing(good, {
    expired: () => false,
    onHarm: () => {
      hits += 1;
    },
  });
  // Two who ask together share a look.
  const together = await Promise.all([twin.priceOf(7), twin.priceOf(8)]);
  assert.deepEqual(together, [priceOf(7), priceOf(8)]);
  assert.equal(hits, 1);
  await pause(250);
  await twin.priceOf(9);
  await until(() => busySockets(good.agent) === 2);
  await pause(250);
  const waiting = twin.priceOf(10);
  await until(() => hits === 3);
  assert.equal(await Promise.race([waiting, pause(500).then(() => 'still waiting')]), 'still waiting');
  twin.readAll();
  assert.deepEqual(await waiting, priceOf(10));
  await until(() => busySockets(good.agent) === 0);
});

test('the unread twin asks as the good client does once its lease has run out', async (t) => {
  const { good, asked } = await startTestPricing(t);
  const onHarm = () => assert.fail('the lease is over');
  const twin = createUnreadPricing(good, { expired: () => true, onHarm });
  assert.deepEqual(await twin.priceOf(7), priceOf(7));
  assert.deepEqual(asked, ['/prices/7']);
});

test('sockets whose answers nobody reads can be taken back, and those at work cannot', async (t) => {
  const { good } = await startTestPricing(t);
  const twin = createUnreadPricing(good, { expired: () => false, onHarm() {} });
  await twin.priceOf(7);
  assert.equal(good.takeBackHeld(60_000), 0);
  await pause(50);
  const asking = good.priceOf(4);
  assert.equal(good.takeBackHeld(45), 1);
  assert.deepEqual(await asking, priceOf(4));
});
