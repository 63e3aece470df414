import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedRetry } from '../../src/pricing/retry-bounded.js';
import { createNaiveRetry } from '../../src/pricing/retry-naive.js';

const failing = () => {
  let asked = 0;
  return {
    asked: () => asked,
    ask: async (): Promise<never> => {
      asked += 1;
      throw new Error('503');
    },
  };
};

test('the good twin asks once more, and gives the second answer', async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked === 1) throw new Error('503');
    return 'price';
  };
  const retry = createBoundedRetry(
    () => 0,
    () => 0,
  );
  assert.equal(await retry(ask), 'price');
  assert.equal(asked, 2);
});

test('the good twin stays within its budget when everything fails', async () => {
  const { ask, asked } = failing();
  const retry = createBoundedRetry(
    () => 0,
    () => 0,
  );
  await Promise.all(Array.from({ length: 40 }, () => assert.rejects(retry(ask), /503/)));
  // Five at once and a tenth of forty calls.
  assert.ok(asked() > 40 && asked() <= 49, `${asked()}`);
});

test('the good twin does not ask again for what has failed late', async () => {
  const { ask, asked } = failing();
  let nowMs = 0;
  const late = () => {
    nowMs += 101;
    return nowMs;
  };
  await assert.rejects(createBoundedRetry(() => 0, late)(ask), /503/);
  assert.equal(asked(), 1);
});

test('the bad twin asks as often as it may, and each time more is harm', async () => {
  const { ask, asked } = failing();
  let harm = 0;
  const onHarm = () => {
    harm += 1;
  };
  await assert.rejects(createNaiveRetry({ attempts: 8, expired: () => false, onHarm })(ask), /503/);
  assert.deepEqual([asked(), harm], [8, 7]);
});

test('the bad twin asks once when its lease has run out', async () => {
  const { ask, asked } = failing();
  await assert.rejects(createNaiveRetry({ attempts: 8, expired: () => true, onHarm() {} })(ask), /503/);
  assert.equal(asked(), 1);
});
