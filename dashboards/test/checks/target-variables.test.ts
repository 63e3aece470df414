import { test } from 'node:test';
import { targetVariables } from '../../src/checks/target-variables.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(targetVariables));

test('finds a selector that forgets the instance', () => {
  assertCatches(
    targetVariables,
    { file: dashboardFile, from: ', instance=~\\"$instance\\"', to: '' },
    /must be selected with instance/,
  );
});

test('finds a variable that offers All with an empty value', () => {
  assertCatches(
    targetVariables,
    { file: dashboardFile, from: '"allValue": ".+"', to: '"allValue": ""' },
    /must offer All/,
  );
});

test('finds a variable that never refreshes', () => {
  assertCatches(
    targetVariables,
    { file: dashboardFile, from: '"refresh": 2', to: '"refresh": 0' },
    /must refresh/,
  );
});
