import { test } from 'node:test';
import { regexes } from '../../src/checks/regexes.js';
import { assertCatches, assertHolds, dashboardFile } from '../harness/mutation.js';

test('holds for the rendered output', () => assertHolds(regexes));

test('finds a regular expression that is none', () => {
  assertCatches(
    regexes,
    { file: dashboardFile, from: 'alertstate=\\"firing\\"', to: 'alertstate=~\\"firing\\"' },
    /compare for equality/,
  );
});

test('finds anchors that Prometheus adds itself', () => {
  assertCatches(
    regexes,
    { file: dashboardFile, from: 'alertstate=\\"firing\\"', to: 'alertstate=~\\"^firing.*\\"' },
    /anchored by Prometheus/,
  );
});
