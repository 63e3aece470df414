import { test } from 'node:test';
import { ruleRanges } from '../../src/checks/rule-ranges.js';
import { assertCatches, assertHolds, drillRulesFile, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(ruleRanges));

test('finds a range of one scrape', () => {
  assertCatches(ruleRanges, { file: rulesFile, from: '[1m]', to: '[20s]' }, /at least 30s/);
});

test('holds drills to their own scrape interval', () => {
  assertCatches(ruleRanges, { file: drillRulesFile, from: '[15s]', to: '[1s]' }, /at least 2s/);
});
