import { test } from 'node:test';
import { groupInterval } from '../../src/checks/group-interval.js';
import { assertCatches, assertHolds, rulesFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(groupInterval));

test('finds a group that leaves gaps', () => {
  assertCatches(groupInterval, { file: rulesFile, from: 'interval: 15s', to: 'interval: 10m' }, /at most 5m/);
});
