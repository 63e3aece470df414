import { test } from 'node:test';
import { catalogNames } from '../../src/checks/catalog-names.js';
import { assertCatches, assertHolds, dashboardFile, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(catalogNames));

test('finds a metric that nobody exports', () => {
  assertCatches(
    catalogNames,
    { file: dashboardFile, from: 'process_open_fds', to: 'process_open_files' },
    /"process_open_files" is not in the catalog/,
  );
});

test('finds a label that the metric does not have', () => {
  assertCatches(
    catalogNames,
    { file: dashboardFile, from: 'state=\\"active\\"', to: 'mode=\\"active\\"' },
    /has no label "mode"/,
  );
});

test('finds a grouping by a label that nothing has', () => {
  assertCatches(
    catalogNames,
    { file: rulesFile, from: 'sum without (cause)', to: 'sum without (reason)' },
    /"reason" is not in the catalog/,
  );
});
