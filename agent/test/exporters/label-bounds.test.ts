import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MetricId, metricCatalog } from '../../src/catalog/metrics.js';
import { createLabelBounds } from '../../src/exporters/label-bounds.js';
import type { Reading, ValueReading } from '../../src/protocol/reading.js';

const boundOf = (metric: MetricId): number => metricCatalog[metric].labels[0]!.bound;
const bound = boundOf('activeResources');
const resource = (type: string, value = 1): Reading => ({ metric: 'activeResources', labels: [type], value });
const types = (count: number): Reading[] =>
  Array.from({ length: count }, (_, index) => resource(`type ${index}`));
const valueAt = (readings: readonly Reading[], label: string): number | undefined =>
  (readings.find(({ labels }) => labels[0] === label) as ValueReading | undefined)?.value;

test('leaves values within the bound alone', () => {
  const bounds = createLabelBounds();
  assert.deepEqual(bounds.apply(types(bound)), types(bound));
  assert.deepEqual([...bounds.overflows()], []);
});

test('leaves readings without labels alone', () => {
  const readings: Reading[] = [{ metric: 'heapUsed', labels: [], value: 7 }];
  assert.deepEqual(createLabelBounds().apply(readings), readings);
});

describe('beyond the bound', () => {
  test('values are added up under `other`', () => {
    const bounds = createLabelBounds();
    const readings = bounds.apply([...types(bound), resource('late', 5), resource('later', 6)]);
    assert.equal(readings.length, bound + 1);
    assert.equal(valueAt(readings, 'other'), 11);
    assert.equal(valueAt(readings, 'late'), undefined);
  });

  test('the first values keep their names, whatever comes first later on', () => {
    const bounds = createLabelBounds();
    bounds.apply(types(bound));
    const readings = bounds.apply([resource('late', 5), ...types(bound)]);
    assert.equal(valueAt(readings, 'type 0'), 1);
    assert.equal(valueAt(readings, 'other'), 5);
  });

  test('a value that is gone does not make room for another', () => {
    const bounds = createLabelBounds();
    bounds.apply(types(bound));
    assert.equal(valueAt(bounds.apply([resource('late')]), 'other'), 1);
  });

  test('histograms are added up bucket by bucket', () => {
    const bounds = createLabelBounds();
    const gc = (kind: string, counts: number[], sum: number): Reading => ({
      metric: 'gcDuration',
      labels: [kind],
      histogram: { counts, sum },
    });
    const kinds = boundOf('gcDuration');
    bounds.apply(Array.from({ length: kinds }, (_, index) => gc(`kind ${index}`, [1], 1)));
    assert.deepEqual(bounds.apply([gc('a', [1, 2, 3], 10), gc('b', [10, 20, 30], 100)]), [
      gc('other', [11, 22, 33], 110),
    ]);
  });

  test('each label of a metric has a bound of its own', () => {
    const bounds = createLabelBounds();
    const pools = boundOf('poolCount');
    const count = (pool: string, state: string): Reading => ({
      metric: 'poolCount',
      labels: [pool, state],
      value: 1,
    });
    bounds.apply(Array.from({ length: pools }, (_, index) => count(`pool ${index}`, 'idle')));
    const readings = bounds.apply([count('late', 'idle'), count('late', 'used'), count('pool 1', 'used')]);
    assert.deepEqual(
      readings.map(({ labels }) => labels.join()),
      ['other,idle', 'other,used', 'pool 1,used'],
    );
  });

  test('the same label of another metric is not touched', () => {
    const bounds = createLabelBounds();
    bounds.apply(types(bound));
    const handle: Reading = { metric: 'activeHandles', labels: ['late'], value: 1 };
    assert.deepEqual(bounds.apply([handle]), [handle]);
  });
});

describe('what fell into `other`', () => {
  test('is counted once for each series, however often it is read', () => {
    const bounds = createLabelBounds();
    bounds.apply(types(bound));
    for (let scrape = 0; scrape < 5; scrape += 1) bounds.apply([resource('late'), resource('later')]);
    assert.deepEqual([...bounds.overflows()], [['nodejs_active_resources', 2]]);
  });

  test('is counted by series, not by label value, and only where a bound was reached', () => {
    const bounds = createLabelBounds();
    const count = (pool: string, state: string): Reading => ({
      metric: 'poolCount',
      labels: [pool, state],
      value: 1,
    });
    bounds.apply(Array.from({ length: boundOf('poolCount') }, (_, index) => count(`pool ${index}`, 'idle')));
    bounds.apply([count('late', 'idle'), count('late', 'used'), count('pool 1', 'used')]);
    assert.deepEqual([...bounds.overflows().values()], [2]);
  });

  test('never goes back, also when the series are gone', () => {
    const bounds = createLabelBounds();
    bounds.apply([...types(bound), resource('late')]);
    bounds.apply([]);
    bounds.apply([resource('latest')]);
    assert.deepEqual([...bounds.overflows().values()], [2]);
  });

  test('is counted up to a limit, and a million values take no more memory than that', () => {
    const bounds = createLabelBounds();
    bounds.apply(types(bound));
    for (let round = 0; round < 100; round += 1) {
      const readings = bounds.apply(
        Array.from({ length: 10_000 }, (_, index) => resource(`${round}/${index}`)),
      );
      assert.equal(readings.length, 1);
    }
    assert.deepEqual([...bounds.overflows()], [['nodejs_active_resources', 1_000]]);
  });
});
