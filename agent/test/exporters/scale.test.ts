import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { afterEach, type TestContext, test } from 'node:test';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { type MetricId, metricCatalog } from '../../src/catalog/metrics.js';
import { createLabelBounds } from '../../src/exporters/label-bounds.js';
import { createOtelExporter } from '../../src/exporters/otel.js';
import { requestAttributes } from '../../src/exporters/request-attributes.js';
import { readSnapshot } from '../../src/exporters/snapshot-readings.js';
import type { Reading } from '../../src/protocol/reading.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { startRequestsSensor } from '../../src/sensors/http/sensor.js';
import { followServedRequests } from '../../src/sensors/http/served-requests.js';
import { startPoolSensor } from '../../src/sensors/pools/registry.js';
import { FakePool } from '../harness/fake-pool.js';
import { aSnapshot } from '../harness/make.js';

const manyPools = 1_000;
const manyRoutes = 10_000;
/** Readings in which each of so many pools has its turn. */
const turns = 20;

afterEach(() => metrics.disable());

/** A service with very many pools and routes; the exporter hears of each use and each request as it happens. */
async function startService(t: TestContext, otel = createOtelExporter(() => () => false)): Promise<Snapshot> {
  otel.publish(aSnapshot());
  const served = followServedRequests();
  const requests = startRequestsSensor(served, {
    wantsEnds: () => true,
    onEnd: (ended) => otel.record('httpRequestDuration', ended.seconds, ...requestAttributes(ended)),
    traceIdOf: () => null,
  });
  const pools = startPoolSensor({
    onWait: (pool, seconds) => otel.record('poolWaitTime', seconds, pool),
    onUse: (pool, seconds) => otel.record('poolUseTime', seconds, pool),
    onCreate: (pool, seconds) => otel.record('poolCreateTime', seconds, pool),
    onTimeout: (pool) => otel.add('poolTimeouts', pool),
  });
  t.after(() => {
    for (const each of [requests, served, pools]) each.close();
  });
  for (let index = 0; index < manyPools; index += 1) await usePool(pools, index);
  for (let index = 0; index < manyRoutes; index += 1) serve(index);
  for (let turn = 1; turn < turns; turn += 1) pools.read();
  return aSnapshot({ pools: pools.read(), requests: requests.read() });
}

async function usePool({ watch }: ReturnType<typeof startPoolSensor>, index: number): Promise<void> {
  const pool = new FakePool({ host: 'db', database: `shop-${index}`, max: 10 });
  pool.totalCount = 3;
  pool.idleCount = 1;
  watch(pool);
  const client = {};
  pool.answer = [null, client, () => {}];
  pool.emit('acquire', client);
  await pool.connect();
  pool.emit('release', null, client);
}

/** What node:http publishes for one request. */
function serve(index: number): void {
  const request = { method: 'GET', url: '/', route: { path: `/route-${index}/:id` }, socket: null };
  const response = Object.assign(new EventEmitter(), { statusCode: 200 + (index % 40), req: request });
  channel('http.server.request.start').publish({ request, response });
  channel('http.server.response.finish').publish({ request, response });
}

/** Values of each label that a metric has, `other` not counted. */
const namesOf = (readings: readonly Reading[], metric: MetricId): number[] =>
  metricCatalog[metric].labels.map((_, index) => {
    const values = readings.flatMap((each) => (each.metric === metric ? (each.labels[index] ?? []) : []));
    return new Set(values.filter((value) => value !== 'other')).size;
  });
const boundsOf = (metric: MetricId): number[] => metricCatalog[metric].labels.map(({ bound }) => bound);
const totalOf = (readings: readonly Reading[], metric: MetricId): number =>
  readings.reduce((sum, reading) => {
    if (reading.metric !== metric) return sum;
    if ('value' in reading) return sum + reading.value;
    return sum + reading.histogram.counts.reduce((all, count) => all + count, 0);
  }, 0);

const poolMetrics = [
  'poolCount',
  'poolMax',
  'poolPending',
  'poolTimeouts',
  'poolWaitTime',
  'poolUseTime',
] as const;

test('1,000 pools and 10,000 routes keep every label within its bound, and nothing is lost', async (t) => {
  const snapshot = await startService(t);
  const readings = createLabelBounds().apply(readSnapshot(snapshot));
  for (const metric of [...poolMetrics, 'httpRequestDuration'] as const) {
    for (const [index, count] of namesOf(readings, metric).entries()) {
      assert.ok(count <= boundsOf(metric)[index]!, `${metric}: ${count} names`);
    }
    const hasOther = readings.some((each) => each.metric === metric && each.labels.includes('other'));
    assert.ok(hasOther, `${metric} has no series for the rest`);
  }
  assert.equal(totalOf(readings, 'poolCount'), manyPools * 3);
  assert.equal(totalOf(readings, 'poolMax'), manyPools * 10);
  assert.equal(totalOf(readings, 'poolUseTime'), manyPools);
  assert.equal(totalOf(readings, 'poolWaitTime'), manyPools);
  assert.equal(totalOf(readings, 'httpRequestDuration'), manyRoutes);
});

test('the series of 10,000 routes are at most 301, whatever their statuses', async (t) => {
  const { requests } = await startService(t);
  assert.ok(requests!.series.length <= 301, `${requests!.series.length}`);
  assert.equal(requests!.foldedRoutes, 1_000, 'as many as are told apart');
});

test('OpenTelemetry is given no more series than Prometheus', async (t) => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  t.after(() => provider.shutdown());
  const otel = createOtelExporter(() => () => false);
  t.after(otel.close);
  otel.publish(await startService(t, otel));
  await provider.forceFlush();
  const told = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  for (const metric of [...poolMetrics, 'httpRequestDuration'] as const) {
    const row = metricCatalog[metric];
    const points = told.find(({ descriptor }) => descriptor.name === row.otel)?.dataPoints ?? [];
    for (const { otel: label, bound } of row.labels) {
      const values = new Set(points.map(({ attributes }) => attributes[label]));
      // Beyond the bound there is `other`, and what does not apply is left out.
      for (const value of ['other', undefined]) values.delete(value);
      assert.ok(values.size <= bound, `${label} of ${metric}: ${values.size} values`);
    }
    if (metric !== 'poolTimeouts') assert.ok(points.length > 0, `${metric} is not told`);
  }
});
