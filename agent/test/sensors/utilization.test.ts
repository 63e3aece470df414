import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startUtilizationSensor } from '../../src/sensors/utilization.js';
import { spin } from '../harness/wait.js';

test('is not known before the second reading', () => {
  assert.equal(startUtilizationSensor().read().ratio, null);
});

test('is that of the time since the reading before, not the average since the start', async () => {
  const sensor = startUtilizationSensor();
  await delay(10);
  sensor.read();
  spin(600);
  const { ratio: busy } = sensor.read();
  await delay(400);
  const { ratio: idle } = sensor.read();
  assert.ok(busy! > 0.8 && busy! <= 1, `busy ${busy}`);
  assert.ok(idle! < 0.5 && idle! >= 0, `idle ${idle}`);
});

test('totals of active and idle time only rise', async () => {
  const sensor = startUtilizationSensor();
  await delay(20);
  const before = sensor.read();
  spin(100);
  await delay(100);
  const after = sensor.read();
  assert.ok(after.activeMs - before.activeMs >= 90, `${after.activeMs - before.activeMs}`);
  assert.ok(after.idleMs - before.idleMs >= 40, `${after.idleMs - before.idleMs}`);
});
