import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type SupportedPool, startPoolSensor } from '../../../src/sensors/pools/registry.js';
import { FakePool, recordedEvents } from '../../harness/fake-pool.js';

function start(t: TestContext) {
  const sensor = startPoolSensor(recordedEvents());
  t.after(() => sensor.close());
  return { sensor, names: () => sensor.read().map(({ name }) => name) };
}
const options = { host: 'db', database: 'shop', max: 10 };

describe('names', () => {
  test('are given, or made from the address', (t) => {
    const { sensor, names } = start(t);
    sensor.watch(new FakePool(options), 'orders');
    sensor.watch(new FakePool(options));
    assert.deepEqual(names(), ['orders', 'db:5432/shop']);
  });

  test('are unique: two pools are two lines on a chart', (t) => {
    const { sensor, names } = start(t);
    for (let count = 0; count < 3; count += 1) sensor.watch(new FakePool(options));
    sensor.watch(new FakePool(), 'db:5432/shop#2');
    assert.deepEqual(names(), ['db:5432/shop', 'db:5432/shop#2', 'db:5432/shop#3', 'db:5432/shop#2#2']);
  });

  test('become free again', (t) => {
    const { sensor, names } = start(t);
    const stop = sensor.watch(new FakePool(options));
    stop();
    sensor.watch(new FakePool(options));
    assert.deepEqual(names(), ['db:5432/shop']);
  });

  test('are kept by a pool that is watched twice', (t) => {
    const { sensor, names } = start(t);
    const pool = new FakePool(options);
    sensor.watch(pool);
    sensor.watch(pool, 'another');
    assert.deepEqual(names(), ['db:5432/shop']);
  });
});

describe('the end of a watch', () => {
  test('leaves the pool as it was, and may come twice', (t) => {
    const { sensor } = start(t);
    const pool = new FakePool();
    const stop = sensor.watch(pool);
    assert.equal(sensor.has(pool), true);
    stop();
    stop();
    assert.equal(sensor.has(pool), false);
    assert.deepEqual([Object.hasOwn(pool, 'connect'), pool.eventNames()], [false, []]);
  });

  test('comes for all pools with close()', (t) => {
    const { sensor } = start(t);
    const pools = [new FakePool(), new FakePool()];
    for (const pool of pools) sensor.watch(pool);
    sensor.close();
    assert.deepEqual(
      pools.flatMap((pool) => pool.eventNames()),
      [],
    );
    assert.deepEqual(sensor.read(), []);
  });

  test('comes by itself for a pool that has ended', (t) => {
    const { sensor, names } = start(t);
    const pool = new FakePool(options);
    sensor.watch(pool);
    sensor.watch(new FakePool(), 'living');
    pool.ended = true;
    assert.deepEqual(names(), ['living']);
    assert.equal(sensor.has(pool), false);
    assert.deepEqual(pool.eventNames(), []);
  });
});

test('a pool that cannot be read is left out, the others are not', (t) => {
  const { sensor, names } = start(t);
  const broken = new FakePool(options);
  sensor.watch(broken);
  const stop = sensor.watch(new FakePool(), 'sound');
  Object.defineProperty(broken, 'totalCount', {
    get() {
      throw new Error('broken on purpose');
    },
  });
  assert.deepEqual(names(), ['sound']);
  stop();
  sensor.close();
});

for (const value of [null, {}, 'pool', { connect() {} }]) {
  test(`something else is refused: ${JSON.stringify(value)}`, (t) => {
    const { sensor } = start(t);
    assert.throws(() => sensor.watch(value as unknown as SupportedPool), {
      code: 'ERR_FAULTLINE_POOL',
      message:
        /^watchPool\(\) takes a pool of pg, .*, or an adapter with name, kind and read\(\); got something else\.$/,
    });
  });
}

test('watches 1,000 of 10,000 pools and leaves the others alone', (t) => {
  const { sensor } = start(t);
  const pools = Array.from({ length: 10_000 }, () => new FakePool(options));
  const stops = pools.map((pool) => sensor.watch(pool));
  assert.equal(sensor.read().length, 1_000);
  assert.deepEqual(pools[9_999]?.eventNames(), []);
  stops[9_999]?.();
  stops[0]?.();
  assert.equal(sensor.read().length, 999);
});
