import { test } from 'node:test';
import { alertTexts } from '../../src/checks/alert-texts.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(alertTexts));

test('finds a summary with a template', () => {
  assertCatches(
    alertTexts,
    { file: rulesFile, from: 'is blocked again and again', to: '{{ $labels.instance }} is blocked' },
    /without templates/,
  );
});

test('finds a description that tells no number', () => {
  assertCatches(
    alertTexts,
    { file: rulesFile, from: '$value', to: '$labels.job' },
    /the instance and the value/,
  );
});

test('finds an alert without a runbook', () => {
  assertCatches(
    alertTexts,
    { file: rulesFile, from: /runbook_url: .*/, to: 'page: none' },
    /must be an address/,
  );
});
