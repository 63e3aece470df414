import { test } from 'node:test';
import { dashboardUid } from '../../src/checks/dashboard-uid.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(dashboardUid));

test('finds a uid that is too long', () => {
  assertCatches(
    dashboardUid,
    {
      file: dashboardFile,
      from: '"uid": "faultline-on-call"',
      to: '"uid": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
    },
    /at most 40/,
  );
});

test('finds a uid that cannot stand in an address', () => {
  assertCatches(
    dashboardUid,
    { file: dashboardFile, from: '"uid": "faultline-on-call"', to: '"uid": "on call"' },
    /got "on call"/,
  );
});
