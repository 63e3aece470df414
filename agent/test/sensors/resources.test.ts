import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { startResourcesSensor } from '../../src/sensors/resources.js';
import { mockClock } from '../harness/fake-time.js';

function mockResources(t: TestContext, tookMs: number) {
  const clock = mockClock(t, 0);
  const list: string[] = [];
  const mocked = t.mock.method(process, 'getActiveResourcesInfo', () => {
    clock.pass(tookMs);
    return [...list];
  });
  return { list, calls: () => mocked.mock.callCount() };
}

test('counts what keeps the loop alive, by type', (t) => {
  const sensor = startResourcesSensor();
  const before = sensor.read().Timeout ?? 0;
  const timers = [1, 2, 3].map(() => setTimeout(() => {}, 60_000));
  t.after(() => timers.forEach(clearTimeout));
  assert.equal(sensor.read().Timeout, before + 3);
});

describe('with very many resources', () => {
  test('a quick list is read every time', (t) => {
    const { list, calls } = mockResources(t, 0.4);
    const sensor = startResourcesSensor();
    for (let second = 0; second < 10; second += 1) sensor.read();
    assert.equal(calls(), 10);
    list.push('Timeout');
    assert.deepEqual(sensor.read(), { Timeout: 1 });
  });

  test('a slow list is kept for as long as it is dear', (t) => {
    const { list, calls } = mockResources(t, 5);
    const sensor = startResourcesSensor();
    sensor.read();
    sensor.read();
    list.push('Timeout');
    for (let second = 0; second < 100; second += 1) assert.deepEqual(sensor.read(), {});
    assert.equal(calls(), 2);
    assert.deepEqual(sensor.read(), { Timeout: 1 });
    assert.equal(calls(), 3);
  });

  test('one slow reading among quick ones is nothing', (t) => {
    const clock = mockClock(t, 0);
    const took = [0.1, 5, 0.1, 5, 0.1];
    const mocked = t.mock.method(process, 'getActiveResourcesInfo', () => {
      clock.pass(took.shift() ?? 0);
      return [];
    });
    const sensor = startResourcesSensor();
    for (let second = 0; second < 5; second += 1) sensor.read();
    assert.equal(mocked.mock.callCount(), 5);
  });
});
