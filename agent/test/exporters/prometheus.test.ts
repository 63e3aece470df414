import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { metricCatalog } from '../../src/catalog/metrics.js';
import { prometheusMetrics, registerPrometheusMetrics } from '../../src/exporters/prometheus.js';
import type { Reading } from '../../src/protocol/reading.js';
import { sumOf } from '../harness/http.js';

const names = Object.values(metricCatalog).flatMap(({ prometheus }) => prometheus ?? []);
const gcCounts = { counts: [4, 3, 2, 1, 0, 0, 5], sum: 12.5 };

function registryOf(readings: readonly Reading[]): Registry {
  const registry = new Registry();
  registerPrometheusMetrics(
    registry,
    prometheusMetrics(async () => readings),
  );
  return registry;
}

describe('in a real registry', () => {
  test('every metric of the catalog is there with its help and type, also without a value', async () => {
    const text = await registryOf([]).metrics();
    for (const { prometheus, help, type } of Object.values(metricCatalog)) {
      if (prometheus === null) continue;
      assert.ok(text.includes(`# HELP ${prometheus} ${help}\n# TYPE ${prometheus} ${type}\n`), prometheus);
    }
    assert.doesNotMatch(text, /^[a-z]/m, 'no data is no value, never 0');
  });

  test('a value is written with its labels', async () => {
    const text = await registryOf([
      { metric: 'processCpu', labels: [], value: 12.5 },
      { metric: 'activeResources', labels: ['Timeout'], value: 3 },
      { metric: 'activeResources', labels: ['TCPSocketWrap'], value: 2 },
      { metric: 'poolCount', labels: ['db:5432/shop', 'used'], value: 7 },
    ]).metrics();
    assert.match(text, /^process_cpu_seconds_total 12\.5$/m);
    assert.match(text, /^nodejs_active_resources\{type="Timeout"\} 3$/m);
    assert.match(text, /^nodejs_active_resources\{type="TCPSocketWrap"\} 2$/m);
    assert.match(
      text,
      /^db_client_connection_count\{db_client_connection_pool_name="db:5432\/shop",db_client_connection_state="used"\} 7$/m,
    );
  });

  test('labels have the names that were chosen, and the others their own', async () => {
    const registry = new Registry();
    const readings: Reading[] = [
      { metric: 'httpRequestDuration', labels: ['GET', '/a/:id', '200'], histogram: { counts: [1], sum: 1 } },
      { metric: 'activeResources', labels: ['Timeout'], value: 3 },
    ];
    const chosen = { httpRequestDuration: ['verb', 'space', 'code'] };
    registerPrometheusMetrics(
      registry,
      prometheusMetrics(async () => readings, chosen),
    );
    const text = await registry.metrics();
    assert.match(text, /^http_request_duration_seconds_count\{verb="GET",space="\/a\/:id",code="200"\} 1$/m);
    assert.match(
      text,
      /^http_request_duration_seconds_bucket\{le="\+Inf",verb="GET",space="\/a\/:id",code="200"\} 1$/m,
    );
    assert.match(text, /^nodejs_active_resources\{type="Timeout"\} 3$/m);
    assert.doesNotMatch(text, /status_code/);
  });

  test('the buckets of a histogram are cumulated, up to the count of all', async () => {
    const text = await registryOf([
      { metric: 'gcDuration', labels: ['minor'], histogram: gcCounts },
    ]).metrics();
    const lines = text.split('\n').filter((line) => line.startsWith('nodejs_gc_duration_seconds'));
    assert.deepEqual(lines, [
      'nodejs_gc_duration_seconds_bucket{le="0.001",kind="minor"} 4',
      'nodejs_gc_duration_seconds_bucket{le="0.01",kind="minor"} 7',
      'nodejs_gc_duration_seconds_bucket{le="0.1",kind="minor"} 9',
      'nodejs_gc_duration_seconds_bucket{le="1",kind="minor"} 10',
      'nodejs_gc_duration_seconds_bucket{le="2",kind="minor"} 10',
      'nodejs_gc_duration_seconds_bucket{le="5",kind="minor"} 10',
      'nodejs_gc_duration_seconds_bucket{le="+Inf",kind="minor"} 15',
      'nodejs_gc_duration_seconds_sum{kind="minor"} 12.5',
      'nodejs_gc_duration_seconds_count{kind="minor"} 15',
    ]);
  });

  test('heap spaces lose the ending that V8 puts behind them, other labels do not', async () => {
    const text = await registryOf([
      { metric: 'heapSpaceUsed', labels: ['old_space'], value: 1 },
      { metric: 'heapSpaceUsed', labels: ['space_of_its_own'], value: 2 },
      { metric: 'activeResources', labels: ['odd_space'], value: 3 },
    ]).metrics();
    assert.equal(sumOf(text, 'nodejs_heap_space_size_used_bytes', 'space="old"'), 1);
    assert.equal(sumOf(text, 'nodejs_heap_space_size_used_bytes', 'space="space_of_its_own"'), 2);
    assert.equal(sumOf(text, 'nodejs_active_resources', 'type="odd_space"'), 3);
  });

  test('every scrape asks anew', async () => {
    let value = 0;
    const registry = new Registry();
    const collect = async (): Promise<Reading[]> => [{ metric: 'heapUsed', labels: [], value: ++value }];
    registerPrometheusMetrics(registry, prometheusMetrics(collect));
    const first = sumOf(await registry.metrics(), 'nodejs_heap_size_used_bytes');
    const second = sumOf(await registry.metrics(), 'nodejs_heap_size_used_bytes');
    assert.ok(second! > first!);
  });

  test('resetting the registry takes nothing away', async () => {
    const registry = registryOf([{ metric: 'processCpu', labels: [], value: 12.5 }]);
    registry.resetMetrics();
    assert.equal(sumOf(await registry.metrics(), 'process_cpu_seconds_total'), 12.5);
  });

  test('workers of a cluster are added up, gauges by the largest', async () => {
    const worker = async (value: number) =>
      registryOf([
        { metric: 'processCpu', labels: [], value },
        { metric: 'eventLoopDelayMax', labels: [], value },
        { metric: 'gcDuration', labels: ['minor'], histogram: gcCounts },
      ]).getMetricsAsJSON();
    const text = await AggregatorRegistry.aggregate([await worker(2), await worker(3)]).metrics();
    assert.equal(sumOf(text, 'process_cpu_seconds_total'), 5);
    assert.equal(sumOf(text, 'nodejs_eventloop_lag_max_seconds'), 3);
    assert.equal(sumOf(text, 'nodejs_gc_duration_seconds_count'), 30);
  });
});

describe('OpenMetrics', () => {
  const openRegistry = (readings: readonly Reading[]) => {
    const registry = new Registry<'application/openmetrics-text; version=1.0.0; charset=utf-8'>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    registerPrometheusMetrics(
      registry,
      prometheusMetrics(async () => readings),
    );
    return registry;
  };

  test('names counters with one _total, in every scrape', async () => {
    const registry = openRegistry([
      { metric: 'processCpu', labels: [], value: 2 },
      { metric: 'blocked', labels: ['gc'], value: 3 },
    ]);
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const text = await registry.metrics();
      assert.match(text, /^# TYPE process_cpu_seconds counter$/m);
      assert.match(text, /^process_cpu_seconds_total 2$/m);
      assert.match(text, /^faultline_eventloop_blocked_seconds_total\{cause="gc"\} 3$/m);
      assert.doesNotMatch(text, /_total_total/);
      assert.match(text, /# EOF\n$/);
    }
  });

  test('writes histograms like plain text does', async () => {
    const text = await openRegistry([
      { metric: 'gcDuration', labels: ['minor'], histogram: gcCounts },
    ]).metrics();
    assert.equal(sumOf(text, 'nodejs_gc_duration_seconds_count'), 15);
    assert.equal(sumOf(text, 'nodejs_gc_duration_seconds_bucket', 'le="+Inf"'), 15);
  });
});

describe('a registry that has a metric already', () => {
  test('keeps its own, and is told which ones', async () => {
    const registry = new Registry();
    new Gauge({ name: 'nodejs_heap_size_used_bytes', help: 'Mine.', registers: [registry] }).set(7);
    new Counter({ name: 'orders_total', help: 'Mine too.', registers: [registry] }).inc();
    const readings: Reading[] = [{ metric: 'heapUsed', labels: [], value: 1_024 }];
    const { present } = registerPrometheusMetrics(
      registry,
      prometheusMetrics(async () => readings),
    );
    assert.deepEqual(present, ['nodejs_heap_size_used_bytes']);
    const text = await registry.metrics();
    assert.match(text, /^# HELP nodejs_heap_size_used_bytes Mine\.$/m);
    assert.equal(sumOf(text, 'nodejs_heap_size_used_bytes'), 7);
    assert.equal(sumOf(text, 'orders_total'), 1);
  });

  test('may have all of the default metrics', () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const defaults = registry.getMetricsAsArray().map(({ name }) => name);
    const { present } = registerPrometheusMetrics(
      registry,
      prometheusMetrics(async () => []),
    );
    assert.deepEqual([...present].sort(), [...defaults].sort());
    assert.equal(registry.getMetricsAsArray().length, names.length);
  });

  test('gets nothing twice', () => {
    const registry = registryOf([]);
    assert.deepEqual(
      registerPrometheusMetrics(
        registry,
        prometheusMetrics(async () => []),
      ).present,
      names,
    );
  });
});
