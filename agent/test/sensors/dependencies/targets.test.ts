import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTargets, nameOfOrigin } from '../../../src/sensors/dependencies/targets.js';

const neverLate = { lateMs: () => 0 };

test('a target is host and port, whatever else the origin holds', () => {
  const rows: readonly [string, string][] = [
    ['http://prices.internal', 'prices.internal:80'],
    ['https://prices.internal', 'prices.internal:443'],
    ['https://prices.internal:8443', 'prices.internal:8443'],
    ['http://me:secret@prices.internal/list?token=1', 'prices.internal:80'],
    ['http://[::1]:3000', '[::1]:3000'],
    ['', 'other'],
    ['http://a b', 'other'],
  ];
  for (const [origin, name] of rows) assert.equal(nameOfOrigin(origin), name);
});

test('targets beyond the bound are counted together, and the first keep their names', () => {
  const targets = createTargets(neverLate);
  for (let index = 0; index < 5_000; index += 1) {
    targets.begin(`http://host-${index}`, nameOfOrigin).failed('refused');
  }
  targets.begin('http://host-0', nameOfOrigin).answered(200);
  const readings = targets.read();
  assert.equal(readings.length, 21);
  assert.equal(readings.find(({ target }) => target === 'other')?.errors.refused, 4_980);
  const first = readings.find(({ target }) => target === 'host-0:80');
  assert.equal(
    first?.answered.counts.reduce((sum, count) => sum + count, 0),
    1,
  );
});

test('only the first end of a call counts', () => {
  const targets = createTargets(neverLate);
  const call = targets.begin('http://a', nameOfOrigin);
  call.failed('timeout');
  call.failed('refused');
  call.answered(200);
  const [reading] = targets.read();
  assert.deepEqual(reading?.errors, { refused: 0, reset: 0, timeout: 1, '5xx': 0, dns: 0, other: 0 });
  assert.equal(reading?.inFlight, 0);
  assert.equal(reading?.answered.sum, 0);
});

test('what the own loop was late during a call is taken off, and never more than the call took', async () => {
  let lateMs = 1_000;
  const targets = createTargets({ lateMs: () => lateMs });
  const call = targets.begin('http://a', nameOfOrigin);
  const other = targets.begin('http://b', nameOfOrigin);
  await delay(60);
  lateMs += 40;
  call.answered(200);
  lateMs += 60_000;
  other.answered(200);
  const [a, b] = targets.read();
  assert.ok(Math.abs(a!.ownDelaySeconds - 0.04) < 1e-9);
  assert.ok(a!.answered.sum >= 0.015, `${a!.answered.sum}`);
  assert.equal(b!.answered.sum, 0);
  assert.ok(b!.ownDelaySeconds >= 0.055, `${b!.ownDelaySeconds}`);
});
