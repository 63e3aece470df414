import { test } from 'node:test';
import { alertComparison } from '../../src/checks/alert-comparison.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(alertComparison));

test('finds an alert that always fires', () => {
  assertCatches(alertComparison, { file: rulesFile, from: ' > 0.05\n', to: '\n' }, /always fires/);
});

test('finds a branch that always fires', () => {
  assertCatches(alertComparison, { file: rulesFile, from: ' > 0.25', to: '' }, /always fires/);
});
