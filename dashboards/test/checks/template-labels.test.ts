import { test } from 'node:test';
import { templateLabels } from '../../src/checks/template-labels.js';
import { assertCatches, assertHolds, dashboardFile, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(templateLabels));

test('finds a legend with a label that the query drops', () => {
  assertCatches(
    templateLabels,
    { file: dashboardFile, from: /"legendFormat": "\{\{cause\}\}/, to: '"legendFormat": "{{kind}}' },
    /uses label "kind"/,
  );
});

test('finds a description with a label that the alert drops', () => {
  assertCatches(
    templateLabels,
    { file: rulesFile, from: '{{ $labels.job }}', to: '{{ $labels.cause }}' },
    /uses label "cause"/,
  );
});
