import { test } from 'node:test';
import { countersInRates } from '../../src/checks/counters-in-rates.js';
import { assertCatches, assertHolds, dashboardFile, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(countersInRates));

test('finds a bare counter on a panel', () => {
  assertCatches(
    countersInRates,
    {
      file: dashboardFile,
      from: /rate\((process_cpu_seconds_total\{[^}]*\})\[\$__rate_interval\]\)/,
      to: 'process_cpu_seconds_total',
    },
    /is a counter/,
  );
});

test('finds the rate of a gauge, whatever its name ends in', () => {
  assertCatches(
    countersInRates,
    {
      file: rulesFile,
      from: 'rate(faultline_eventloop_blocked_seconds_total',
      to: 'rate(nodejs_active_handles_total',
    },
    /is a gauge/,
  );
});

test('finds a rule that sums a counter before its rate', () => {
  assertCatches(
    countersInRates,
    { file: rulesFile, from: 'max without (v8js_gc_type', to: 'sum without (v8js_gc_type' },
    /is a counter/,
  );
});
