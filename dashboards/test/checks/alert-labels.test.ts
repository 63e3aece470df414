import { test } from 'node:test';
import { alertLabels } from '../../src/checks/alert-labels.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(alertLabels));

test('finds a name that the catalog does not have', () => {
  assertCatches(
    alertLabels,
    { file: rulesFile, from: 'alert: NodejsEventLoopBlocked', to: 'alert: NodejsLoopBusy' },
    /the catalog has no alert/,
  );
});

test('finds a name that is not in CamelCase', () => {
  assertCatches(
    alertLabels,
    { file: rulesFile, from: 'alert: NodejsEventLoopBlocked', to: 'alert: nodejs_event_loop_blocked' },
    /CamelCase/,
  );
});

test('finds a severity that nobody routes', () => {
  assertCatches(
    alertLabels,
    { file: rulesFile, from: 'severity: warning', to: 'severity: bad' },
    /severity must be/,
  );
});
