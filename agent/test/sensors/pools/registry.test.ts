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

/** As many times as it takes to look at each of 1,000 pools. */
const readRound = (sensor: ReturnType<typeof startPoolSensor>) =>
  Array.from({ length: 20 }, () => sensor.read()).at(-1)!;

test('watches 1,000 of 10,000 pools and leaves the others alone', (t) => {
  const { sensor } = start(t);
  const pools = Array.from({ length: 10_000 }, () => new FakePool(options));
  const stops = pools.map((pool) => sensor.watch(pool));
  assert.equal(readRound(sensor).length, 1_000);
  assert.deepEqual(pools[9_999]?.eventNames(), []);
  stops[9_999]?.();
  stops[0]?.();
  assert.equal(sensor.read().length, 999);
});

describe('of very many pools', () => {
  const many = (t: TestContext, count: number) => {
    const { sensor } = start(t);
    const pools = Array.from({ length: count }, (_, index) => {
      const pool = new FakePool({ ...options, database: `shop-${index}` });
      sensor.watch(pool);
      return pool;
    });
    const countNew = (): number => {
      const before = new Set(sensor.read());
      return sensor.read().filter((reading) => !before.has(reading)).length;
    };
    return { sensor, pools, countNew };
  };

  test('as many as 50 are all looked at in each reading', (t) => {
    assert.equal(many(t, 50).countNew(), 50);
  });

  test('50 are looked at in each reading, and the others keep their readings', (t) => {
    const { sensor, countNew } = many(t, 1_000);
    readRound(sensor);
    assert.equal(countNew(), 50);
    assert.equal(sensor.read().length, 1_000);
  });

  test('one that callers wait for is looked at in each reading', (t) => {
    const { sensor, pools } = many(t, 1_000);
    pools[999]!.waitingCount = 3;
    readRound(sensor);
    const looks = Array.from({ length: 4 }, () =>
      sensor.read().find(({ name }) => name.endsWith('shop-999')),
    );
    assert.equal(new Set(looks).size, 4);
  });

  test('those that have ended are let go of', (t) => {
    const { sensor, pools } = many(t, 1_000);
    for (const pool of pools) pool.ended = true;
    assert.equal(readRound(sensor).length, 0);
  });

  test('not more than 300 held connections are listed in one reading', (t) => {
    const { sensor, pools } = many(t, 45);
    for (const pool of pools) {
      pool.waitingCount = 1;
      for (let count = 0; count < 10; count += 1) pool.emit('acquire', {});
    }
    const held = sensor.read().flatMap((reading) => reading.held);
    assert.equal(held.length, 300);
  });
});
