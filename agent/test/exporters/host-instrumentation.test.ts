import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricCatalog } from '../../src/catalog/metrics.js';
import { publishedByHost } from '../../src/exporters/host-instrumentation.js';

const runtime = '/srv/node_modules/@opentelemetry/instrumentation-runtime-node/build/src/index.js';
const pg = 'C:\\srv\\node_modules\\@opentelemetry\\instrumentation-pg\\build\\src\\index.js';
const published = (files: readonly string[]): string[] => {
  const isPublished = publishedByHost(files);
  return Object.values(metricCatalog).flatMap((row) =>
    row.otel !== null && isPublished(row) ? row.otel : [],
  );
};
const catalogNames = (...beginnings: string[]): string[] =>
  Object.values(metricCatalog).flatMap(({ otel }) =>
    otel !== null && beginnings.some((beginning) => otel.startsWith(beginning)) ? otel : [],
  );

test('a host without instrumentation publishes nothing', () => {
  assert.deepEqual(published([]), []);
  assert.deepEqual(published(['/srv/app.js', '/srv/node_modules/pg/lib/index.js']), []);
});

test('the instrumentation of the runtime publishes the event loop and V8', () => {
  const names = published([runtime]);
  assert.deepEqual(names, catalogNames('nodejs.eventloop.', 'v8js.'));
  assert.ok(names.includes('v8js.gc.duration') && names.includes('nodejs.eventloop.utilization'));
});

test('the instrumentation of pg publishes the pools', () => {
  assert.deepEqual(published([pg]), catalogNames('db.client.connection.'));
});

test('the instrumentation of http publishes the requests of servers', () => {
  const http = '/srv/node_modules/@opentelemetry/instrumentation-http/build/src/http.js';
  assert.deepEqual(published([http]), ['http.server.request.duration', 'http.server.active_requests']);
});

test('both together publish both', () => {
  assert.equal(published([runtime, pg]).length, published([runtime]).length + published([pg]).length);
});

test('a package whose name only looks alike publishes nothing', () => {
  assert.deepEqual(published(['/srv/node_modules/instrumentation-pg-extra/index.js']), []);
});

test('looks at the modules that are loaded', () => {
  assert.deepEqual(Object.values(metricCatalog).filter(publishedByHost()), []);
});
