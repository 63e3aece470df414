import { test } from 'node:test';
import { rateInterval } from '../../src/checks/rate-interval.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(rateInterval));

test('finds a rate over a fixed range', () => {
  assertCatches(rateInterval, { file: dashboardFile, from: '$__rate_interval', to: '5m' }, /if and only if/);
});

test('finds another function over the interval of rates', () => {
  assertCatches(rateInterval, { file: dashboardFile, from: '(rate(', to: '(delta(' }, /if and only if/);
});
