import { test } from 'node:test';
import { vectorMatching } from '../../src/checks/vector-matching.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(vectorMatching));

test('finds a match on a label that one side has lost', () => {
  assertCatches(
    vectorMatching,
    { file: rulesFile, from: 'and on (job, instance)', to: 'and on (job, instance, cause)' },
    /matches on cause/,
  );
});

test('finds sides whose labels are never equal', () => {
  assertCatches(
    vectorMatching,
    {
      file: rulesFile,
      from: 'sum without (cause) (rate(faultline_eventloop_blocked_seconds_total{cause!~"cpu-starvation|cgroup-throttling|heap-snapshot|profile|stdout"}[1m])) > 0.05 and on (job, instance)',
      to: 'rate(faultline_eventloop_blocked_seconds_total[1m]) > 0.05 and',
    },
    /are never equal/,
  );
});
