import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Gauge, Registry } from 'prom-client';
import { metricCatalog } from '../../src/catalog/metrics.js';
import { createHostRegistries } from '../../src/exporters/host-registries.js';

const names = Object.values(metricCatalog).flatMap(({ prometheus }) => prometheus ?? []);
const namesIn = (registry: Registry): string[] => registry.getMetricsAsArray().map(({ name }) => name);
const open = () => createHostRegistries(async () => [{ metric: 'processCpu', labels: [], value: 2 }]);

test('close() leaves the metrics of the service alone and takes the others out, of every registry', () => {
  const registries = [new Registry(), new Registry()];
  const host = open();
  for (const registry of registries) {
    new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] });
    new Gauge({ name: 'nodejs_heap_size_used_bytes', help: 'Mine.', registers: [registry] });
    assert.deepEqual(host.add(registry), ['nodejs_heap_size_used_bytes']);
    assert.equal(namesIn(registry).length, names.length + 1);
  }
  host.close();
  for (const registry of registries) {
    assert.deepEqual(namesIn(registry), ['orders_total', 'nodejs_heap_size_used_bytes']);
  }
});

test('labels have the names that the user has chosen', async () => {
  const registry = new Registry();
  const histogram = { counts: [1], sum: 1 };
  const host = createHostRegistries(
    async () => [{ metric: 'httpRequestDuration', labels: ['GET', '/', '200'], histogram }],
    { httpRequestDuration: ['verb', 'path', 'code'] },
  );
  host.add(registry);
  assert.match(await registry.metrics(), /_count\{verb="GET",path="\/",code="200"\} 1$/m);
});

test('counters go as well when prom-client has renamed them for OpenMetrics', async () => {
  const registry = new Registry<'application/openmetrics-text; version=1.0.0; charset=utf-8'>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const host = open();
  host.add(registry as unknown as Registry);
  assert.match(await registry.metrics(), /^process_cpu_seconds_total 2$/m);
  host.close();
  assert.deepEqual(registry.getMetricsAsArray(), []);
});

test('what has taken the place of a metric meanwhile stays', () => {
  const registry = new Registry();
  const host = open();
  host.add(registry);
  registry.removeSingleMetric('process_cpu_seconds_total');
  new Counter({ name: 'process_cpu_seconds_total', help: 'Mine now.', registers: [registry] });
  host.close();
  assert.deepEqual(namesIn(registry), ['process_cpu_seconds_total']);
});

test('a registry may be cleared by the service first, and be given the metrics again afterwards', () => {
  const registry = new Registry();
  const first = open();
  first.add(registry);
  registry.clear();
  first.close();
  first.close();
  assert.deepEqual(open().add(registry), []);
  assert.equal(namesIn(registry).length, names.length);
});
