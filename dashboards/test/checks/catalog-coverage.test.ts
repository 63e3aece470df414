import { test } from 'node:test';
import { catalogCoverage } from '../../src/checks/catalog-coverage.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(catalogCoverage));

test('finds a metric that is no longer shown', () => {
  assertCatches(
    catalogCoverage,
    { file: dashboardFile, from: /faultline_agent_memory_bytes/g, to: 'process_max_fds' },
    /agentMemory: is neither shown/,
  );
});

test('finds a metric that is shown and listed as not shown', () => {
  assertCatches(
    catalogCoverage,
    { file: dashboardFile, from: /process_open_fds/g, to: 'process_heap_bytes' },
    /processHeap: is shown/,
  );
});

test('finds a recorded series that nobody reads', () => {
  assertCatches(
    catalogCoverage,
    { file: dashboardFile, from: /instance:nodejs_heap_used_bytes/g, to: 'nodejs_heap_size_used_bytes' },
    /is recorded but nobody reads/,
  );
});
