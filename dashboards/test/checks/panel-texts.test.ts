import { test } from 'node:test';
import { panelTexts } from '../../src/checks/panel-texts.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(panelTexts));

test('finds a panel without a unit', () => {
  assertCatches(
    panelTexts,
    { file: dashboardFile, from: '"unit": "percentunit"', to: '"unit": ""' },
    /has no unit/,
  );
});

test('finds a panel without a description', () => {
  assertCatches(
    panelTexts,
    { file: dashboardFile, from: /"description": "One lane[^"]*"/, to: '"description": ""' },
    /has no description/,
  );
});

test('finds a panel without a title', () => {
  assertCatches(
    panelTexts,
    { file: dashboardFile, from: '"title": "Verdict"', to: '"title": " "' },
    /has no title/,
  );
});
