import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningRequests } from '../../src/protocol/requests.js';
import { registerUrl, startChild } from '../harness/child.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Everything that a service would load, with its spans and metrics kept in memory. */
const telemetry = `
const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node');
const { NodeSDK, tracing, metrics } = require('@opentelemetry/sdk-node');
process.env.OTEL_LOGS_EXPORTER = 'none';
process.env.OTEL_SEMCONV_STABILITY_OPT_IN = 'http';
const spanExporter = new tracing.InMemorySpanExporter();
const metricExporter = new metrics.InMemoryMetricExporter(metrics.AggregationTemporality.CUMULATIVE);
const reader = new metrics.PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3600000 });
const serverKind = 1;
globalThis.telemetry = async () => {
  await reader.forceFlush();
  const newest = metricExporter.getMetrics().at(-1);
  return {
    spans: spanExporter.getFinishedSpans().filter((span) => span.kind === serverKind)
      .map((span) => ({ route: span.attributes['http.route'] ?? null, traceId: span.spanContext().traceId })),
    metrics: newest.scopeMetrics.flatMap(({ scope, metrics }) => metrics
      .filter(({ descriptor }) => descriptor.name.startsWith('http.server.'))
      .map(({ descriptor, dataPoints }) => [scope.name, descriptor.name,
        dataPoints.reduce((sum, { value }) => sum + (value.count ?? 0), 0)].join(' '))),
  };
};
new NodeSDK({
  metricReaders: [reader],
  spanProcessors: [new tracing.SimpleSpanProcessor(spanExporter)],
  instrumentations: getNodeAutoInstrumentations(),
}).start();
`;
const program = `
const express = require('express');
const app = express();
const shops = express.Router();
let waiting = null;
shops.get('/orders/:order', (request, response) => void response.end('x'));
shops.get('/wait', (request, response) => { waiting = response; });
app.use('/shops/:shop', shops);
app.get('/release', (request, response) => { waiting.end(); response.end(); });
app.get('/telemetry', async (request, response) => void response.json(await globalThis.telemetry?.() ?? null));
const server = app.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;

interface Telemetry {
  readonly spans: readonly { readonly route: string | null; readonly traceId: string }[];
  readonly metrics: readonly string[];
}

const withAgent = ['--import', registerUrl];
const rows: readonly [string, readonly string[], string][] = [
  ['with OpenTelemetry after the agent', withAgent, `require('./telemetry.cjs');${program}`],
  ['with OpenTelemetry before the agent', ['--require', './telemetry.cjs', ...withAgent], program],
];
const orders = 5;

for (const [name, flags, text] of rows) {
  test(`${name} each request is counted once in each world, and has its span`, async (t) => {
    const files = { 'telemetry.cjs': telemetry };
    const child = startChild(t, { program: text, name: 'program.cjs', files, flags });
    const url = await child.url();
    const service = `http://127.0.0.1:${await child.printed(/port (\d+)/)}`;
    for (let order = 0; order < orders; order += 1) await call(`${service}/shops/17/orders/${order}`);
    const waits = call(`${service}/shops/17/wait`);
    const [stuck] = await until('the one that waits is known', async () => {
      const { requests } = await getJson<RunningRequests>(`${url}/requests`);
      return requests.length === 1 && requests[0]!.traceId !== null && requests;
    });
    await call(`${service}/release`);
    await waits;

    const count = 'http_request_duration_seconds_count';
    const metrics = await until('the snapshot with the last request has come', async () => {
      const { body } = await call(`${url}/metrics`);
      return (sumOf(body, count) ?? 0) >= orders + 2 ? body : null;
    });
    const labels = 'method="GET",route="/shops/:shop/orders/:order",status_code="200"';
    assert.equal(sumOf(metrics, count, labels), orders);
    assert.equal(sumOf(metrics, count), orders + 2);
    assert.equal(sumOf(metrics, 'faultline_requests_received_total'), orders + 2);

    const seen = await getJson<Telemetry>(`${service}/telemetry`);
    assert.deepEqual(seen.spans.map(({ route }) => route).toSorted(), [
      '/release',
      ...Array<string>(orders).fill('/shops/:shop/orders/:order'),
      '/shops/:shop/wait',
    ]);
    // The host's own instrumentation publishes them, so the agent does not.
    const scope = '@opentelemetry/instrumentation-http';
    assert.deepEqual(seen.metrics, [`${scope} http.server.request.duration ${orders + 2}`]);
    const wait = seen.spans.find(({ route }) => route === '/shops/:shop/wait');
    assert.deepEqual([stuck?.route, stuck?.traceId], ['/shops/:shop/wait', wait?.traceId]);
  });
}
