import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { isPgPool, type PgPool, pgPoolName, watchPgPool } from '../../../src/sensors/pools/pg.js';
import { runChild } from '../../harness/child.js';
import { countOf, FakePool, recordedEvents } from '../../harness/fake-pool.js';
import { mockClock } from '../../harness/fake-time.js';
import { noOrigins } from '../../harness/no-origins.js';

const timeout = new Error('timeout exceeded when trying to connect');
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

function watch(t: TestContext, pool = new FakePool()) {
  const events = recordedEvents();
  const watched = watchPgPool(pool, 'db', events, noOrigins);
  t.after(() => watched.close());
  return { pool, watched, events };
}

describe('reads', () => {
  test("the pool's own counts at the moment of reading", (t) => {
    const { pool, watched } = watch(t);
    Object.assign(pool, { totalCount: 7, idleCount: 3, waitingCount: 5 });
    const { usedCount, idleCount, pendingCount, maxCount, name } = watched.read();
    assert.deepEqual([usedCount, idleCount, pendingCount, maxCount, name], [4, 3, 5, 10, 'db']);
  });

  test('no limit where the pool has none', (t) => {
    assert.equal(watch(t, new FakePool({})).watched.read().maxCount, null);
  });

  test('how long callers waited, with a promise and with a callback', async (t) => {
    const clock = mockClock(t, 1_000);
    const { pool, watched, events } = watch(t);
    const promised = pool.connect();
    clock.pass(40);
    await promised;
    pool.delayed = true;
    pool.connect(() => {});
    clock.pass(2_000);
    pool.answerDelayed();
    assert.deepEqual(events.told, ['wait db 0.04', 'wait db 2']);
    assert.equal(countOf(watched.read().waitTime), 2);
    assert.ok(Math.abs(watched.read().waitTime.sum - 2.04) < 1e-9);
  });

  test('how long connections were held', (t) => {
    const clock = mockClock(t, 1_000);
    const { pool, watched, events } = watch(t);
    const [one, two] = [{}, {}];
    pool.emit('acquire', one);
    clock.pass(100);
    pool.emit('acquire', two);
    clock.pass(100);
    pool.emit('release', undefined, one);
    pool.emit('release', new Error('broken'), two);
    assert.deepEqual(events.told, ['use db 0.2', 'use db 0.1']);
    assert.equal(countOf(watched.read().useTime), 2);
  });

  test('nothing from a connection that was taken before the watch began', (t) => {
    const { pool, watched } = watch(t);
    pool.emit('release', undefined, {});
    assert.equal(countOf(watched.read().useTime), 0);
  });
});

describe('counts as a timeout', () => {
  const rows: readonly [number, string, Error][] = [
    [1, 'that no connection became free in time', timeout],
    [1, 'that a new one was not there in time', new Error('Connection terminated due to connection timeout')],
    [1, 'that the driver gave up on a new one', new Error('timeout expired')],
    [0, 'not that the server refuses', refused],
    [0, 'not that the pool was ended', new Error('Cannot use a pool after calling end on the pool')],
  ];
  for (const [count, title, error] of rows) {
    test(title, async (t) => {
      const { pool, watched, events } = watch(t);
      pool.answer = [error];
      await assert.rejects(pool.connect() as Promise<unknown>);
      pool.connect(() => {});
      assert.equal(watched.read().timeouts, count * 2);
      assert.equal(events.told.length, count * 2);
      assert.equal(countOf(watched.read().waitTime), 0);
    });
  }
});

describe('connect() answers what the original answers', () => {
  test('a promise of the same client', async (t) => {
    const { pool } = watch(t);
    const client = {};
    pool.answer = [null, client];
    assert.equal(await pool.connect(), client);
  });

  test('a promise rejected with the same error', async (t) => {
    const { pool } = watch(t);
    pool.answer = [refused];
    await assert.rejects(pool.connect() as Promise<unknown>, (error) => error === refused);
  });

  test('to a callback, every argument, and what the callback returns', (t) => {
    const { pool } = watch(t);
    const done = (): void => {};
    const client = {};
    pool.answer = [null, client, done];
    const returned = pool.connect((...given) => given);
    assert.deepEqual(returned, [null, client, done]);
  });

  test('a promise when the callback is null', async (t) => {
    const { pool } = watch(t);
    const client = {};
    pool.answer = [null, client];
    assert.equal(await (pool.connect as (callback: unknown) => unknown).call(pool, null), client);
  });

  test('what is thrown', (t) => {
    const pool = new FakePool();
    pool.connect = () => {
      throw refused;
    };
    watch(t, pool);
    assert.throws(
      () => pool.connect(),
      (error) => error === refused,
    );
  });

  test('what is no promise of this realm, as it is', (t) => {
    const pool = new FakePool();
    // biome-ignore lint/suspicious/noThenProperty: drivers may be given another library of promises.
    const thenable = { then: (resolve: (value: unknown) => void) => resolve(7) };
    pool.connect = () => thenable;
    watch(t, pool);
    assert.equal(pool.connect(), thenable);
  });

  test('also when whoever listens to the numbers fails', async (t) => {
    const fail = (): never => {
      throw new Error('broken on purpose');
    };
    const pool = new FakePool();
    const client = {};
    pool.answer = [null, client];
    const watched = watchPgPool(
      pool,
      'db',
      { onWait: fail, onUse: fail, onCreate: fail, onTimeout: fail },
      { look: fail, nextSecond: fail },
    );
    t.after(() => watched.close());
    assert.equal(await pool.connect(), client);
    assert.equal(
      pool.connect((_error, given) => given),
      client,
    );
    pool.emit('acquire', client);
    pool.emit('release', undefined, client);
    pool.answer = [timeout];
    await assert.rejects(pool.connect() as Promise<unknown>, (error) => error === timeout);
  });
});

for (const [handled, code] of [
  ['', 1],
  ['.catch(() => {})', 0],
] as const) {
  test(`a rejection ${handled === '' ? 'that nobody handles' : 'that is handled'} stays so`, async (t) => {
    const program = `
      import { watchPgPool } from ${JSON.stringify(new URL('../../../src/sensors/pools/pg.js', import.meta.url).href)};
      import { EventEmitter } from 'node:events';
      const pool = Object.assign(new EventEmitter(), {
        totalCount: 0, idleCount: 0, waitingCount: 0, options: {},
        connect: () => Promise.reject(new Error('refused on purpose')),
      });
      const events = { onWait() {}, onUse() {}, onCreate() {}, onTimeout() {} };
      watchPgPool(pool, 'db', events, { look: () => null, nextSecond() {} });
      pool.connect()${handled};`;
    const exit = await runChild(t, { program, flags: [] });
    assert.equal(exit.code, code);
    assert.equal(exit.stderr.includes('refused on purpose'), code === 1);
  });
}

describe('close()', () => {
  test('restores a method of the class, and leaves no listener', () => {
    const pool = new FakePool();
    const watched = watchPgPool(pool, 'db', recordedEvents(), noOrigins);
    assert.equal(Object.hasOwn(pool, 'connect'), true);
    watched.close();
    assert.equal(Object.hasOwn(pool, 'connect'), false);
    assert.deepEqual(pool.eventNames(), []);
  });

  test("restores a method of the pool's own", () => {
    const pool = new FakePool();
    const own: PgPool['connect'] = () => 7;
    pool.connect = own;
    watchPgPool(pool, 'db', recordedEvents(), noOrigins).close();
    assert.equal(pool.connect, own);
  });

  test('leaves alone what somebody else has wrapped since', () => {
    const pool = new FakePool();
    const watched = watchPgPool(pool, 'db', recordedEvents(), noOrigins);
    const inner = pool.connect;
    const outer: PgPool['connect'] = function outer(this: PgPool, callback) {
      return inner.call(this, callback);
    };
    pool.connect = outer;
    watched.close();
    assert.equal(pool.connect, outer);
    assert.equal(
      pool.connect((_error, client) => client),
      pool.answer[1],
    );
  });
});

describe('the name', () => {
  const rows: readonly [string, PgPool['options']][] = [
    ['db.internal:6432/shop', { host: 'db.internal', port: 6432, database: 'shop' }],
    ['db.internal:5432/shop', { host: 'db.internal', database: 'shop' }],
    ['localhost:5432/', {}],
    ['db.internal:6432/shop', { connectionString: 'postgres://user:secret@db.internal:6432/shop?ssl=1' }],
    ['db.internal:5432/shop', { connectionString: 'postgresql://db.internal/shop' }],
    ['other:5432/', { connectionString: 'no address', host: 'other' }],
  ];
  for (const [name, options] of rows) {
    test(`is ${name} for ${JSON.stringify(options)}`, () => {
      assert.equal(pgPoolName(new FakePool(options)), name);
    });
  }
});

describe('a pool of pg', () => {
  test('is known by its structure', () => assert.equal(isPgPool(new FakePool()), true));
  const { connect, on, options } = new FakePool();
  for (const value of [
    null,
    undefined,
    7,
    'pool',
    {},
    { connect, on, totalCount: 1, idleCount: 1, waitingCount: 1 },
    { connect, on, options, totalCount: '1', idleCount: 1, waitingCount: 1 },
    { connect, options, totalCount: 1, idleCount: 1, waitingCount: 1 },
  ]) {
    test(`is not ${JSON.stringify(value)}`, () => assert.equal(isPgPool(value), false));
  }
});
