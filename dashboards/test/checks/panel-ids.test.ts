import { test } from 'node:test';
import { panelIds } from '../../src/checks/panel-ids.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(panelIds));

test('finds two panels with one id', () => {
  assertCatches(panelIds, { file: dashboardFile, from: '"id": 3\n', to: '"id": 2\n' }, /id 2 is not its own/);
});

test('finds a row with the id 0', () => {
  assertCatches(panelIds, { file: dashboardFile, from: '"id": 1,', to: '"id": 0,' }, /id 0 is not its own/);
});
