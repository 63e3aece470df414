import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { poolSize, startThreadpoolSensor } from '../../../src/sensors/threadpool/sensor.js';

describe('size of the pool', () => {
  const rows: readonly [string | undefined, number][] = [
    [undefined, 4],
    ['1', 1],
    ['16', 16],
    ['16 threads', 16],
    ['0', 1],
    ['many', 1],
    ['', 1],
    ['-3', 1],
    ['1024', 1_024],
    ['5000', 1_024],
  ];
  for (const [value, threads] of rows) {
    test(`${JSON.stringify(value)} makes ${threads}`, () => assert.equal(poolSize(value), threads));
  }
});

test('counts calls if it is asked to, and says null otherwise', () => {
  const original = crypto.pbkdf2;
  const counting = startThreadpoolSensor(() => 0, true);
  assert.deepEqual(counting.read().calls, {});
  assert.notEqual(crypto.pbkdf2, original);
  counting.close();
  const silent = startThreadpoolSensor(() => 0, false);
  assert.equal(silent.read().calls, null);
  assert.equal(crypto.pbkdf2, original);
  silent.close();
});
