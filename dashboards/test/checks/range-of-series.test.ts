import { test } from 'node:test';
import { rangeOfSeries } from '../../src/checks/range-of-series.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(rangeOfSeries));

test('finds a rate of a sum', () => {
  assertCatches(
    rangeOfSeries,
    {
      file: rulesFile,
      from: 'sum without (cause) (rate(faultline_eventloop_blocked_seconds_total{cause!~"cpu-starvation|cgroup-throttling|heap-snapshot|profile|stdout"}[1m]))',
      to: 'rate(sum without (cause) (faultline_eventloop_blocked_seconds_total{cause!~"cpu-starvation|cgroup-throttling|heap-snapshot|profile|stdout"})[1m:15s])',
    },
    /take the rate first/,
  );
});
