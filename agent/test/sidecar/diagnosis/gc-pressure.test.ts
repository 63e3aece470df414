import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AllocationSite } from '../../../src/sidecar/diagnosis/allocation-sites.js';
import {
  type CpuShares,
  detectGcPressure,
  gcRule,
  waitsForCollector,
} from '../../../src/sidecar/diagnosis/gc-pressure.js';
import { aFrame } from '../../harness/make.js';

const mb = 1e6;
const roomy = { floorBytes: 100 * mb, limitBytes: 1_000 * mb };
const windowsOf = (ratios: readonly (number | null)[]) => ratios.map((gcRatio) => ({ gcRatio }));
const judge = (ratios: readonly (number | null)[], heap = roomy as Parameters<typeof detectGcPressure>[1]) =>
  detectGcPressure(windowsOf(ratios), heap, null, 1, gcRule);

const rows: readonly [string, readonly (number | null)[], string][] = [
  ['a fifth of the time', [0.2, 0.2, 0.2, 0.2, 0.2], 'allocation-rate'],
  ['a quiet past does not help', [0, 0, 0, 0.11, 0.3, 0.11, 0.5, 0.12], 'allocation-rate'],
  ['all of the time', [1, 1, 1, 1, 1], 'allocation-rate'],
  ['the limit itself', [0.1, 0.1, 0.1, 0.1, 0.1], 'quiet'],
  ['one window below the limit', [0.3, 0.3, 0.09, 0.3, 0.3], 'quiet'],
  ['a burst that has ended', [0.4, 0.4, 0.4, 0.4, 0.02], 'quiet'],
  ['a healthy service', [0.01, 0.03, 0.02, 0.01, 0.02], 'quiet'],
  ['too few windows', [0.5, 0.5, 0.5, 0.5], 'unknown'],
  ['a window that could not be read', [0.5, 0.5, null, 0.5, 0.5], 'unknown'],
  ['nothing', [], 'unknown'],
];
for (const [title, ratios, expected] of rows) {
  test(`${title}: ${expected}`, () => {
    const found = judge(ratios);
    assert.equal(typeof found === 'string' ? found : found.cause, expected);
  });
}

describe('the main thread waits for the helpers of the collector', () => {
  const waits: readonly [string, Partial<CpuShares>, boolean][] = [
    ['when these compute at least as long as it waits', { otherCores: 0.4 }, true],
    ['but not when they compute less', { otherCores: 0.39 }, false],
    ['but not when there is little to collect', { gcRatio: 0.1 }, false],
    ['but not when nobody tells what others compute', { otherCores: null }, false],
    ['but not when nobody tells what is collected', { gcRatio: null }, false],
  ];
  for (const [title, shares, expected] of waits) {
    test(title, () => {
      const made = { gcRatio: 0.3, otherCores: 0.8, waitedRatio: 0.4, ...shares };
      assert.equal(waitsForCollector(made, gcRule), expected);
    });
  }
});

const pressed = [0.2, 0.3, 0.2, 0.3, 0.2];
describe('why there is so much to collect', () => {
  const heaps: readonly [number | null, number | null, string][] = [
    [799 * mb, 1_000 * mb, 'allocation-rate'],
    [800 * mb, 1_000 * mb, 'near-limit'],
    [1_100 * mb, 1_000 * mb, 'near-limit'],
    [null, 1_000 * mb, 'allocation-rate'],
    [800 * mb, null, 'allocation-rate'],
    [800 * mb, 0, 'allocation-rate'],
  ];
  for (const [floorBytes, limitBytes, cause] of heaps) {
    test(`${floorBytes} alive of ${limitBytes}: ${cause}`, () => {
      const found = judge(pressed, { floorBytes, limitBytes });
      assert.ok(typeof found === 'object');
      assert.equal(found.cause, cause);
      const isKnown = floorBytes !== null && limitBytes !== null && limitBytes > 0;
      assert.equal(found.ruledOut.length, isKnown && cause === 'allocation-rate' ? 1 : 0);
    });
  }
});

test('names who makes the garbage, and how much', () => {
  const frame = aFrame('cloneDeep src/clone.ts:7');
  const site: AllocationSite = { frame, bytes: 300 * mb, share: 0.75, stack: [frame] };
  const other: AllocationSite = {
    ...site,
    frame: aFrame('rest src/rest.ts:1'),
    bytes: 100 * mb,
    share: 0.25,
  };
  const allocated = { sites: [site, other], spanMs: 2_000, samples: 800 };
  const found = detectGcPressure(windowsOf(pressed), roomy, allocated, 3, gcRule);
  assert.ok(typeof found === 'object');
  assert.deepEqual([found.kind, found.severity, found.occurrences], ['gc-pressure', 'warning', 3]);
  assert.equal(
    found.title,
    'Garbage collection takes 24 % of the time, 75 % of the garbage from cloneDeep (src/clone.ts:7)',
  );
  assert.equal(found.measurements.allocatedBytesPerSecond, 200 * mb);
  assert.equal(found.measurements.aliveShare, 0.1);
  assert.equal(found.culprit?.lines?.length, 2);
});
