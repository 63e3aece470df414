import { test } from 'node:test';
import { panelTargets } from '../../src/checks/panel-targets.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(panelTargets));

test('finds a panel without queries', () => {
  assertCatches(
    panelTargets,
    { file: dashboardFile, from: '"targets": [', to: '"queries": [' },
    /has no query/,
  );
});

test('finds two queries with one refId', () => {
  assertCatches(
    panelTargets,
    { file: dashboardFile, from: '"refId": "B"', to: '"refId": "A"' },
    /one refId for each/,
  );
});

test('finds a query without a legend', () => {
  assertCatches(
    panelTargets,
    { file: dashboardFile, from: /"legendFormat": "[^"]*"/, to: '"legendFormat": ""' },
    /has no legend/,
  );
});
