import { test } from 'node:test';
import { division } from '../../src/checks/division.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(division));

test('finds a mean of ratios', () => {
  assertCatches(
    division,
    {
      file: dashboardFile,
      from: /max by \(job, instance\) \(nodejs_heap_size_limit_bytes\{([^}]*)\}\)/,
      to: 'avg by (job, instance) (instance:nodejs_heap_used_bytes / nodejs_heap_size_limit_bytes)',
    },
    /divides inside/,
  );
});
