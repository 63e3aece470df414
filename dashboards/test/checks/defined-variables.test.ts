import { test } from 'node:test';
import { definedVariables } from '../../src/checks/defined-variables.js';
import { variableRef } from '../../src/dashboards/variables.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(definedVariables));

test('finds a variable that nobody declares', () => {
  assertCatches(
    definedVariables,
    { file: dashboardFile, from: variableRef('runbooks', 'raw'), to: variableRef('wiki') },
    /\$wiki is not declared/,
  );
});

test('finds a variable without braces that nobody declares', () => {
  assertCatches(
    definedVariables,
    { file: dashboardFile, from: '$instance', to: '$pod' },
    /\$pod is not declared/,
  );
});
