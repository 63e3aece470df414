import { test } from 'node:test';
import { severityPairs } from '../../src/checks/severity-pairs.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(severityPairs));

test('finds a critical alert whose warning has other labels', () => {
  assertCatches(
    severityPairs,
    { file: rulesFile, from: 'sum without (cause)', to: 'sum by (job)' },
    /nothing can be inhibited/,
  );
});

test('finds a critical alert without a warning', () => {
  assertCatches(
    severityPairs,
    { file: rulesFile, from: 'severity: warning', to: 'severity: info' },
    /nothing can be inhibited/,
  );
});
