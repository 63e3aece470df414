import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createPool, type PoolConnection, type PoolOptions } from 'mysql2';
import { countOf } from '../../../harness/fake-pool.js';
import {
  type MariaDb,
  mariaDbName,
  mariaDbUser,
  startMariaDb,
  whyNoMariaDb,
} from '../../../harness/mariadb.js';
import { until } from '../../../harness/wait.js';
import { countsOf, pause, servedRequest, watchInTest } from '../../../harness/watched-pool.js';

const skip = whyNoMariaDb();

describe('a pool of mysql2', () => {
  let server: MariaDb;
  before(async () => {
    if (skip === false) server = await startMariaDb();
  });
  after(() => server?.close());

  function start(t: TestContext, options: PoolOptions = {}) {
    const pool = createPool({
      host: '127.0.0.1',
      port: server.port,
      user: mariaDbUser,
      database: mariaDbName,
      connectionLimit: 2,
      ...options,
    });
    t.after(() => new Promise<void>((resolve) => pool.end(() => resolve())));
    const connect = () =>
      new Promise<PoolConnection>((resolve, reject) => {
        pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
      });
    return { pool, promises: pool.promise(), connect, watched: watchInTest(t, pool) };
  }

  test('counts what is out, what is idle, who waits and the most there may be', { skip }, async (t) => {
    const { connect, watched } = start(t);
    const first = await connect();
    const second = await connect();
    const third = connect();
    assert.deepEqual(countsOf(watched.read()), [2, 0, 1, 2]);
    first.release();
    (await third).release();
    second.release();
    const { target, library, kind, asked } = watched.read();
    assert.deepEqual(countsOf(watched.read()), [0, 2, 0, 2]);
    assert.deepEqual(
      [target, library, kind, asked],
      [`127.0.0.1:${server.port}/${mariaDbName}`, 'mysql2', 'database', 3],
    );
  });

  test('is told how long callers waited, kept a connection, and how long a new one took', {
    skip,
  }, async (t) => {
    const { connect, watched } = start(t, { connectionLimit: 1 });
    const opening = connect();
    assert.equal(watched.read().openingCount, 1);
    const first = await opening;
    assert.equal(watched.read().openingCount, 0);
    const second = connect();
    await pause(120);
    first.release();
    (await second).release();
    const { waitTime, useTime, createTime } = watched.read();
    assert.deepEqual([countOf(waitTime), countOf(useTime), countOf(createTime)], [2, 2, 1]);
    assert.ok(waitTime.sum >= 0.1, `${waitTime.sum} s`);
    assert.ok(useTime.sum >= 0.1, `${useTime.sum} s`);
  });

  test('names the line that holds a connection, its request, and whether a query runs', {
    skip,
  }, async (t) => {
    const { promises, watched } = start(t);
    const takeForReport = async () => await promises.getConnection();
    const idle = await takeForReport();
    const query = promises.query('select sleep(1)');
    await until('both are told', () => watched.read().held.filter(({ ageMs }) => ageMs > 260).length === 2);
    const [held, asking] = watched.read().held;
    assert.ok(held?.frames.some(([name, file]) => name === 'takeForReport' && file === import.meta.url));
    assert.deepEqual([held?.request, held?.querying, asking?.querying], [servedRequest, false, true]);
    assert.ok(asking?.frames.some(([, file]) => file === import.meta.url));
    await query;
    idle.release();
    assert.deepEqual(watched.read().held, []);
  });

  test('tells pools for the same database apart, though not who asks them', { skip }, async (t) => {
    const one = start(t);
    const other = start(t);
    const connection = await one.connect();
    assert.deepEqual([one.watched.read().held.length, other.watched.read().held.length], [1, 0]);
    assert.deepEqual([countOf(one.watched.read().waitTime), one.watched.read().asked], [1, 1]);
    connection.destroy();
    assert.equal(one.watched.read().held.length, 0);
  });

  test('is recognised behind its promises, and left without a listener when the watch ends', {
    skip,
  }, async (t) => {
    const { pool, promises, watched } = start(t);
    watched.stop();
    assert.deepEqual([pool.listenerCount('connection'), pool.listenerCount('release')], [0, 0]);
    const again = watchInTest(t, promises);
    (await promises.getConnection()).release();
    assert.deepEqual(countsOf(again.read()), [0, 1, 0, 2]);
    await promises.end();
    assert.throws(() => again.read(), /not watched/);
  });
});
