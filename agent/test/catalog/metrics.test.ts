import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { metricCatalog } from '../../src/catalog/metrics.js';
import type { MetricRow } from '../../src/catalog/types.js';
import { until } from '../harness/wait.js';

const rows = Object.values(metricCatalog) as MetricRow[];
const served = rows.filter((row) => row.prometheus !== null);

interface DefaultMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** What prom-client publishes by itself, once there was a garbage collection to tell of. */
async function defaultMetrics(): Promise<DefaultMetric[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const churn = (): unknown => Array.from({ length: 100_000 }, (_, index) => ({ index }));
  await until('prom-client has seen a collection', async () => {
    churn();
    await delay(1);
    return /nodejs_gc_duration_seconds_count/.test(await registry.metrics());
  });
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, type, values }) => ({
    name,
    type: String(type),
    labels: [...new Set(values.flatMap((value) => Object.keys(value.labels)))].filter(
      (label) => label !== 'le',
    ),
  }));
}

test('holds every default metric of prom-client, with its type and its labels', async () => {
  const defaults = await defaultMetrics();
  assert.ok(defaults.length > 25, `${defaults.length}`);
  for (const { name, type, labels } of defaults) {
    const row = served.find((candidate) => candidate.prometheus === name);
    assert.ok(row, `${name} is missing`);
    assert.equal(row.type, type, name);
    // A default without values now, such as a resource of some kind, shows no labels.
    for (const label of labels) {
      assert.ok(
        row.labels.some(({ prometheus }) => prometheus === label),
        `${name} has no label ${label}`,
      );
    }
    if (labels.length > 0) assert.equal(row.labels.length, labels.length, name);
  }
});

describe('names', () => {
  test('are those that each world allows', () => {
    for (const { prometheus, otel, labels } of rows) {
      if (prometheus !== null) assert.match(prometheus, /^[a-z][a-z0-9_]*[a-z0-9]$/);
      if (otel !== null) assert.match(otel, /^[a-z][a-z0-9_.]*[a-z0-9]$/);
      for (const label of labels) {
        assert.match(label.prometheus, /^[a-z][a-z0-9_]*$/);
        assert.match(label.otel, /^[a-z][a-z0-9_.]*$/);
      }
      assert.ok(prometheus !== null || otel !== null, 'a metric has a name in one world at least');
    }
  });

  test('are unique in each world', () => {
    for (const world of ['prometheus', 'otel'] as const) {
      const names = rows.map((row) => row[world]).filter((name) => name !== null);
      assert.equal(new Set(names).size, names.length, world);
    }
  });

  test('do not collide with the series of a histogram', () => {
    const histograms = served.filter(({ type }) => type === 'histogram').map((row) => row.prometheus);
    const series = histograms.flatMap((name) => ['_bucket', '_sum', '_count'].map((end) => name + end));
    assert.deepEqual(
      served.filter((row) => series.includes(row.prometheus ?? '')),
      [],
    );
  });

  test('say the unit, and that a counter counts', () => {
    for (const { prometheus, type, unit } of served) {
      if (type === 'counter') assert.match(prometheus!, /_total$/);
      const bare = prometheus!.replace(/_total$/, '');
      if (unit === 's') assert.match(bare, /_seconds(_to_[a-z]+)?$/);
      if (unit === 'By') assert.match(bare, /_bytes$/);
    }
  });
});

test('every histogram has ascending buckets, and nothing else has any', () => {
  for (const { type, buckets, prometheus } of rows) {
    if (type !== 'histogram') assert.equal(buckets, undefined, `${prometheus}`);
    else {
      assert.ok(buckets !== undefined && buckets.length > 3, `${prometheus}`);
      assert.deepEqual(
        [...new Set(buckets)].sort((a, b) => a - b),
        [...buckets],
      );
      assert.ok(buckets[0]! > 0);
    }
  }
});

test('every label has a bound', () => {
  for (const { labels, prometheus } of rows) {
    for (const { bound } of labels) assert.ok(bound >= 1 && bound <= 100, `${prometheus}`);
  }
});

test('every metric says what it means and where it comes from', () => {
  for (const { help, source, prometheus } of rows) {
    assert.match(help, /^[A-Z0-9`].*\.$/, `${prometheus}`);
    assert.ok(source.length > 3, `${prometheus}`);
  }
});
