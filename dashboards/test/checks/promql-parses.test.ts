import { test } from 'node:test';
import { promqlParses } from '../../src/checks/promql-parses.js';
import { assertCatches, assertHolds, dashboardFile, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(promqlParses));

test('finds a bracket that is not closed on a panel', () => {
  assertCatches(
    promqlParses,
    { file: dashboardFile, from: '[$__rate_interval]))', to: '[$__rate_interval])' },
    /is no PromQL/,
  );
});

test('finds a word that does not belong into a rule', () => {
  assertCatches(promqlParses, { file: rulesFile, from: 'unless on', to: 'unlest on' }, /is no PromQL/);
});
