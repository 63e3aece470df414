import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baselineRule, createTimesBaseline } from '../../../src/sidecar/diagnosis/dependency-baseline.js';
import { aDependencyWindow } from '../../harness/make.js';

const bounds = [0.01, 0.1, 1];
const fast = aDependencyWindow(bounds, [0.005, 0.005]);
const slow = aDependencyWindow(bounds, [0.5, 0.5]);
const empty = aDependencyWindow(bounds, []);

function learn(...parts: readonly [count: number, window: typeof fast, isIncident?: boolean][]) {
  const baseline = createTimesBaseline(bounds);
  for (const [count, window, isIncident = false] of parts) {
    for (let turn = 0; turn < count; turn += 1) baseline.add(window, isIncident);
  }
  return baseline.usual();
}

test('nothing is usual before three blocks have been seen', () => {
  assert.equal(learn([14, fast]), null);
  assert.ok(learn([15, fast])! <= 0.01);
});

test('seconds without calls teach nothing, and take nothing away', () => {
  assert.equal(learn([1_000, empty]), null);
  assert.ok(learn([15, fast], [1_000, empty])! <= 0.01);
});

test('disturbed seconds teach nothing', () => {
  assert.equal(learn([100, { ...fast, isDisturbed: true }]), null);
});

test('one block of slow first calls does not move it', () => {
  assert.ok(learn([5, slow], [15, fast])! <= 0.01);
});

test('an incident is not what is usual', () => {
  assert.ok(learn([15, fast], [500, slow, true])! <= 0.01);
});

test('what has been slow for an hour is usual', () => {
  const windows = baselineRule.adoptAfterBlocks * baselineRule.blockWindows;
  assert.ok(learn([15, fast], [windows - 1, slow, true])! <= 0.01);
  assert.ok(learn([15, fast], [windows + 15, slow, true])! > 0.1);
});

test('it follows the day', () => {
  assert.ok(learn([15, slow], [5 * baselineRule.blocksKept, fast])! <= 0.01);
});
