import { test } from 'node:test';
import { alertTiming } from '../../src/checks/alert-timing.js';
import { assertCatches, assertHolds, drillRulesFile, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(alertTiming));

test('finds an alert that a single scrape can fire', () => {
  assertCatches(alertTiming, { file: rulesFile, from: 'for: 30s', to: 'for: 15s' }, /at least 30s/);
});

test('holds drills to their own scrape interval', () => {
  assertCatches(alertTiming, { file: drillRulesFile, from: 'for: 3s', to: 'for: 1s' }, /at least 2s/);
});
