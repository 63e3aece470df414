import assert from 'node:assert/strict';
import { afterEach, describe, type TestContext, test } from 'node:test';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { metricCatalog } from '../../src/catalog/metrics.js';
import type { MetricRow } from '../../src/catalog/types.js';
import { createOtelExporter } from '../../src/exporters/otel.js';
import { requestAttributes } from '../../src/exporters/request-attributes.js';
import { readSnapshot } from '../../src/exporters/snapshot-readings.js';
import type { PoolReading } from '../../src/protocol/pool.js';
import type { EndedRequest } from '../../src/protocol/requests.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { aPoolReading, aSnapshot } from '../harness/make.js';

const none = () => () => false;
const empty = { counts: [], sum: 0 };
const delay = { newestMs: 1, minMs: 2, maxMs: 3, meanMs: 4, stddevMs: 5, p50Ms: 6, p90Ms: 7, p99Ms: 8 };
const pool: PoolReading = aPoolReading({ usedCount: 3, idleCount: 2, pendingCount: 4, timeouts: 5 });
const snapshot: Snapshot = aSnapshot({
  delay: { ...delay, histogram: empty },
  utilization: { ratio: 0.25, activeMs: 1_500, idleMs: 4_500 },
  heap: {
    totalBytes: 1,
    usedBytes: 2,
    limitBytes: 3,
    externalBytes: 4,
    arrayBuffersBytes: 5,
    spaces: [{ name: 'old_space', totalBytes: 6, usedBytes: 7, availableBytes: 8, physicalBytes: 9 }],
  },
  resources: { Timeout: 2, FSReqCallback: 1 },
  pools: [pool],
});

afterEach(() => metrics.disable());

/** Registers a real MeterProvider for the length of one test. */
function provide(t: TestContext) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  t.after(() => provider.shutdown());
  const collect = async (): Promise<MetricData[]> => {
    exporter.reset();
    await provider.forceFlush();
    return exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  };
  return { collect };
}

const pointsOf = (data: readonly MetricData[], name: string): readonly DataPoint<unknown>[] =>
  data.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
const histogramOf = (data: readonly MetricData[], name: string) =>
  pointsOf(data, name) as readonly DataPoint<Histogram>[];

test('publishes the same numbers as the snapshot, under the names of the conventions', async (t) => {
  const { collect } = provide(t);
  const exporter = createOtelExporter(none);
  exporter.publish(snapshot);
  const data = await collect();
  let compared = 0;
  for (const reading of readSnapshot(snapshot)) {
    const row: MetricRow = metricCatalog[reading.metric];
    if (row.otel === null || !('value' in reading) || reading.metric === 'poolTimeouts') continue;
    const attributes = Object.fromEntries(row.labels.map(({ otel }, index) => [otel, reading.labels[index]]));
    const point = pointsOf(data, row.otel).find(
      (candidate) => JSON.stringify(candidate.attributes) === JSON.stringify(attributes),
    );
    assert.equal(point?.value, reading.value, row.otel);
    compared += 1;
  }
  assert.ok(compared > 15, `${compared}`);
  exporter.close();
});

test('gives instruments the unit and the text of the catalog', async (t) => {
  const { collect } = provide(t);
  const exporter = createOtelExporter(none);
  exporter.publish(snapshot);
  for (const { descriptor } of await collect()) {
    const row = Object.values(metricCatalog).find(({ otel }) => otel === descriptor.name);
    assert.deepEqual([descriptor.unit, descriptor.description], [row?.unit, row?.help], descriptor.name);
  }
  exporter.close();
});

describe('histograms', () => {
  test('are told each value as it happens, into the buckets of the catalog', async (t) => {
    const { collect } = provide(t);
    const exporter = createOtelExporter(none);
    exporter.publish(snapshot);
    for (const seconds of [0.0005, 0.02, 0.02, 9]) exporter.record('gcDuration', seconds, 'minor');
    exporter.record('gcDuration', 0.5, 'major');
    const points = histogramOf(await collect(), 'v8js.gc.duration');
    const minor = points.find(({ attributes }) => attributes['v8js.gc.type'] === 'minor')?.value;
    assert.equal(points.length, 2);
    assert.equal(minor?.count, 4);
    assert.ok(Math.abs((minor?.sum ?? 0) - 9.0405) < 1e-9);
    assert.deepEqual(minor?.buckets.boundaries, metricCatalog.gcDuration.buckets);
    assert.deepEqual(minor?.buckets.counts, [1, 0, 2, 0, 0, 0, 1]);
    exporter.close();
  });

  test('of requests have the attributes of the convention, and leave out what does not apply', async (t) => {
    const { collect } = provide(t);
    const exporter = createOtelExporter(none);
    assert.equal(exporter.wants('httpRequestDuration'), false);
    exporter.publish(snapshot);
    assert.equal(exporter.wants('httpRequestDuration'), true);
    const ended = { method: 'GET', route: '/a/:id', status: '200', scheme: 'https', seconds: 0.02 } as const;
    const all: readonly EndedRequest[] = [
      ended,
      { ...ended, status: '503' },
      { ...ended, route: 'unmatched', status: 'aborted' },
    ];
    for (const each of all) exporter.record('httpRequestDuration', each.seconds, ...requestAttributes(each));
    const points = histogramOf(await collect(), 'http.server.request.duration');
    const common = { 'http.request.method': 'GET', 'url.scheme': 'https' };
    assert.deepEqual(
      points.map(({ attributes }) => attributes),
      [
        { ...common, 'http.route': '/a/:id', 'http.response.status_code': 200 },
        { ...common, 'http.route': '/a/:id', 'http.response.status_code': 503, 'error.type': '503' },
        { ...common, 'error.type': 'aborted' },
      ],
    );
    exporter.close();
    assert.equal(exporter.wants('httpRequestDuration'), false);
  });

  test('and counts of events are added up', async (t) => {
    const { collect } = provide(t);
    const exporter = createOtelExporter(none);
    exporter.publish(snapshot);
    exporter.add('poolTimeouts', 'db');
    exporter.add('poolTimeouts', 'db');
    const [point] = pointsOf(await collect(), 'db.client.connection.timeouts');
    assert.equal(point?.value, 2);
    assert.deepEqual(point?.attributes, { 'db.client.connection.pool.name': 'db' });
    exporter.close();
  });
});

describe('a MeterProvider', () => {
  test('that the host registers late is noticed', async (t) => {
    const exporter = createOtelExporter(none);
    exporter.publish(snapshot);
    exporter.record('gcDuration', 1, 'minor');
    const { collect } = provide(t);
    assert.deepEqual(await collect(), []);
    exporter.publish(snapshot);
    assert.ok((await collect()).length > 10);
    exporter.close();
  });

  test('that does not exist is no trouble', () => {
    let asked = 0;
    const exporter = createOtelExporter(() => {
      asked += 1;
      return () => false;
    });
    exporter.publish(snapshot);
    exporter.record('gcDuration', 1, 'minor');
    exporter.add('poolTimeouts', 'db');
    exporter.close();
    assert.equal(asked, 0);
  });
});

test('leaves out what somebody else publishes, and asks for that once', async (t) => {
  const { collect } = provide(t);
  let asked = 0;
  const exporter = createOtelExporter(() => {
    asked += 1;
    return (row) => row.otel?.startsWith('nodejs.') === true || row.otel === 'v8js.gc.duration';
  });
  for (let second = 0; second < 3; second += 1) exporter.publish(snapshot);
  exporter.record('gcDuration', 1, 'minor');
  const names = (await collect()).map(({ descriptor }) => descriptor.name);
  assert.equal(asked, 1);
  assert.ok(names.includes('db.client.connection.count'));
  assert.deepEqual(
    names.filter((name) => name.startsWith('nodejs.') || name.includes('gc')),
    [],
  );
  exporter.close();
});

test('counters of the agent are counters, gauges are not added up over time', async (t) => {
  const { collect } = provide(t);
  const exporter = createOtelExporter(none);
  exporter.publish(snapshot);
  await collect();
  exporter.publish({ ...snapshot, utilization: { ratio: 0.5, activeMs: 2_000, idleMs: 5_000 } });
  const data = await collect();
  assert.equal(pointsOf(data, 'nodejs.eventloop.utilization')[0]?.value, 0.5);
  assert.deepEqual(
    pointsOf(data, 'nodejs.eventloop.time').map(({ value }) => value),
    [2, 5],
  );
  exporter.close();
});

test('close() ends the observations', async (t) => {
  const { collect } = provide(t);
  const exporter = createOtelExporter(none);
  exporter.publish(snapshot);
  exporter.close();
  exporter.record('gcDuration', 1, 'minor');
  exporter.add('poolTimeouts', 'db');
  const values = (await collect()).flatMap(({ dataPoints }) => dataPoints as readonly unknown[]);
  assert.deepEqual(values, []);
});
