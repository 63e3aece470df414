import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metricCatalog } from '../../../src/catalog/metrics.js';
import { createLabelBounds } from '../../../src/exporters/label-bounds.js';
import { readSnapshot } from '../../../src/exporters/snapshot-readings.js';
import { createRequestSeries } from '../../../src/sensors/http/series.js';
import { aSnapshot } from '../../harness/make.js';

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

test('each combination of method, route and status is a series of its own', () => {
  const series = createRequestSeries();
  series.record('GET', '/a', 200, 0.02);
  series.record('GET', '/a', 200, 0.7);
  series.record('GET', '/a', 404, 0.001);
  series.record('POST', '/a', 200, 0.001);
  series.record('GET', 'unmatched', null, 3);
  assert.deepEqual(
    series
      .read()
      .map(({ method, route, status, durations }) => [method, route, status, sum(durations.counts)]),
    [
      ['GET', '/a', '200', 2],
      ['GET', '/a', '404', 1],
      ['POST', '/a', '200', 1],
      ['GET', 'unmatched', 'aborted', 1],
    ],
  );
  const [first] = series.read();
  assert.deepEqual(first?.durations, { counts: [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0], sum: 0.72 });
});

describe('stays within its bounds', () => {
  const rows: readonly [string, (index: number) => [string, string, number | null]][] = [
    ['with 10,000 routes', (index) => ['GET', `/route-${index}`, 200]],
    ['with every status there is', (index) => ['GET', '/a', 100 + (index % 900)]],
    ['with methods that nobody knows', (index) => [`M${index}`, '/a', 200]],
    [
      'with many statuses of many routes',
      (index) => ['GET', `/route-${index % 90}`, 200 + (Math.floor(index / 90) % 30)],
    ],
    [
      'with everything at once',
      (index) => [['GET', 'POST', 'PUT', `M${index}`][index % 4]!, `/r${index % 9_973}`, 100 + (index % 900)],
    ],
  ];
  for (const [title, request] of rows) {
    test(title, () => {
      const series = createRequestSeries();
      for (let index = 0; index < 10_000; index += 1) series.record(...request(index), 0.01);
      const read = series.read();
      // Each of them is a dozen numbers that the main thread copies once a second.
      assert.ok(read.length <= 301, `${read.length} series`);
      assert.equal(sum(read.flatMap(({ durations }) => durations.counts)), 10_000);
      const { labels } = metricCatalog.httpRequestDuration;
      for (const [index, name] of (['method', 'route', 'status'] as const).entries()) {
        const values = new Set(read.map((each) => each[name]));
        assert.ok(values.size <= labels[index]!.bound, `${values.size} values of ${name}`);
      }
    });
  }

  test('and says how many routes it has folded', () => {
    const series = createRequestSeries();
    for (let turn = 0; turn < 2; turn += 1) {
      for (let index = 0; index < 148; index += 1) series.record('GET', `/route-${index}`, 200, 0.01);
    }
    assert.equal(series.foldedRoutes(), 50);
    const folded = series.read().filter(({ route }) => route === 'other');
    assert.deepEqual(
      folded.map(({ durations }) => sum(durations.counts)),
      [100],
    );
    for (let index = 0; index < 10_000; index += 1) series.record('GET', `/route-${index}`, 200, 0.01);
    assert.equal(series.foldedRoutes(), 1_000);
  });

  test('so that nothing more is folded on the way to Prometheus', () => {
    const series = createRequestSeries();
    for (let index = 0; index < 10_000; index += 1) {
      series.record('GET', `/r${index}`, 100 + (index % 900), 0.01);
    }
    const requests = { inFlight: 0, series: series.read(), foldedRoutes: series.foldedRoutes(), running: [] };
    const bounds = createLabelBounds();
    const readings = bounds.apply(readSnapshot(aSnapshot({ requests })));
    assert.equal(bounds.overflows().size, 0);
    const overflow = readings.find(({ metric }) => metric === 'labelOverflow');
    assert.deepEqual(overflow, {
      metric: 'labelOverflow',
      labels: ['http_request_duration_seconds'],
      value: 1_000,
    });
    const histograms = readings.filter(({ metric }) => metric === 'httpRequestDuration');
    assert.equal(histograms.length, series.read().length);
  });
});

test('a route keeps its name for good, however many come after it', () => {
  const series = createRequestSeries();
  series.record('GET', '/first', 200, 0.01);
  for (let index = 0; index < 10_000; index += 1) series.record('GET', `/route-${index}`, 200, 0.01);
  series.record('GET', '/first', 200, 0.01);
  const first = series.read().filter(({ route }) => route === '/first');
  assert.deepEqual(
    first.map(({ durations }) => sum(durations.counts)),
    [2],
  );
});
