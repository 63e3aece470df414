import { test } from 'node:test';
import { incidentCoverage } from '../../src/checks/incident-coverage.js';
import { assertCatches, assertHolds, dashboardFile, drillRulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(incidentCoverage));

test('finds a rule file without the alert of an incident', () => {
  assertCatches(
    incidentCoverage,
    { file: drillRulesFile, from: /alert: NodejsEventLoopBlocked/g, to: 'alert: NodejsOther' },
    /has no alert/,
  );
});

test('finds an incident that no panel belongs to', () => {
  assertCatches(
    incidentCoverage,
    { file: dashboardFile, from: /event-loop-stall\.md/g, to: 'README.md' },
    /no panel links/,
  );
});
