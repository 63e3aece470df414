import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { activeFaultsKey } from '../../src/protocol/chaos.js';
import { startChaosFaultsSensor } from '../../src/sensors/chaos-faults.js';

const share = (value: unknown): void => {
  (globalThis as Record<symbol, unknown>)[activeFaultsKey] = value;
};
afterEach(() => Reflect.deleteProperty(globalThis, activeFaultsKey));

test('knows of no fault where no chaos library is', () => {
  assert.deepEqual(startChaosFaultsSensor().read(), []);
});

test('reads the ids of the faults that are injected now', () => {
  const faults = new Map([['export-all', 1_700_000_000_000]]);
  share(faults);
  const sensor = startChaosFaultsSensor();
  assert.deepEqual(sensor.read(), ['export-all']);
  faults.set('slow-query', 1_700_000_000_001);
  assert.deepEqual(sensor.read(), ['export-all', 'slow-query']);
  faults.clear();
  assert.deepEqual(sensor.read(), []);
});

test('is found by any copy of the library, through one well-known symbol', () => {
  assert.equal(activeFaultsKey, Symbol.for('faultline.chaos.activeFaults'));
});

test('shows 32 faults at the most', () => {
  share(new Map(Array.from({ length: 100 }, (_, index) => [`fault ${index}`, 0])));
  assert.equal(startChaosFaultsSensor().read().length, 32);
});

for (const value of [null, 7, 'export-all', ['export-all'], { 'export-all': 1 }]) {
  test(`ignores something else in its place: ${JSON.stringify(value)}`, () => {
    share(value);
    assert.deepEqual(startChaosFaultsSensor().read(), []);
  });
}
