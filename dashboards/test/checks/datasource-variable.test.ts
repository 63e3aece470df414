import { test } from 'node:test';
import { datasourceVariable } from '../../src/checks/datasource-variable.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(datasourceVariable));

test('finds a panel that reads from a fixed data source', () => {
  assertCatches(
    datasourceVariable,
    {
      file: dashboardFile,
      from: /("type": "timeseries"[\s\S]*?"uid": ")\$\{datasource\}/,
      to: '"type": "timeseries", "datasource": { "uid": "fixed',
    },
    /must read from/,
  );
});

test('finds a dashboard without the variable', () => {
  assertCatches(
    datasourceVariable,
    { file: dashboardFile, from: '"type": "datasource"', to: '"type": "custom"' },
    /needs a variable "datasource"/,
  );
});
