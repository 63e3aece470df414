import { test } from 'node:test';
import { duplicateRules } from '../../src/checks/duplicate-rules.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(duplicateRules));

test('finds two rules that record one series', () => {
  assertCatches(
    duplicateRules,
    {
      file: rulesFile,
      from: 'nodejs_eventloop_delay_p99_seconds\n',
      to: 'nodejs_eventloop_delay_p50_seconds\n',
    },
    /repeats another rule/,
  );
});

test('finds two alerts with the same labels', () => {
  assertCatches(
    duplicateRules,
    { file: rulesFile, from: 'severity: critical', to: 'severity: warning' },
    /repeats another rule/,
  );
});
