import { test } from 'node:test';
import { grid } from '../../src/checks/grid.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(grid));

test('finds two panels that overlap', () => {
  assertCatches(
    grid,
    { file: dashboardFile, from: /"x": 12,\s+"y": 8/, to: '"x": 11, "y": 8' },
    /overlaps with/,
  );
});

test('finds a panel that leaves the grid', () => {
  assertCatches(
    grid,
    { file: dashboardFile, from: /"w": 12,\s+"x": 12,/, to: '"w": 13, "x": 12,' },
    /within 24 columns/,
  );
});
