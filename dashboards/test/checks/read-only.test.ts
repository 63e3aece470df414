import { test } from 'node:test';
import { readOnly } from '../../src/checks/read-only.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(readOnly));

test('finds a dashboard that can be edited', () => {
  assertCatches(
    readOnly,
    { file: dashboardFile, from: '"editable": false', to: '"editable": true' },
    /must not be editable/,
  );
});
