import assert from 'node:assert/strict';
import { constants } from 'node:perf_hooks';
import { test } from 'node:test';
import { askForCollection } from '../../src/sensors/gentle-collection.js';
import { watchCollections } from '../harness/collections.js';
import { until } from '../harness/wait.js';

const mb = 1e6;

test('a major collection begins beside the main thread, and nothing of what made it do so is left', async (t) => {
  const kinds = await watchCollections(t);
  const before = process.memoryUsage();
  assert.equal(askForCollection(), true);
  assert.ok(Math.abs(process.memoryUsage().external - before.external) < 2 * mb);
  await until('V8 collects', () => kinds.includes(constants.NODE_PERFORMANCE_GC_MAJOR));
  assert.ok(kinds.includes(constants.NODE_PERFORMANCE_GC_INCREMENTAL), `${kinds}`);
  assert.ok(process.memoryUsage().rss - before.rss < 30 * mb, 'nothing was touched');
});

test('where there is no room for it, nothing happens', (t) => {
  const original = globalThis.ArrayBuffer;
  t.after(() => Object.assign(globalThis, { ArrayBuffer: original }));
  Object.assign(globalThis, {
    ArrayBuffer: function noRoom() {
      throw new RangeError('Array buffer allocation failed');
    },
  });
  assert.equal(askForCollection(), false);
});
