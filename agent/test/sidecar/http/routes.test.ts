import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { prometheusMetrics } from '../../../src/exporters/prometheus.js';
import type { Incident } from '../../../src/protocol/incident.js';
import type { Reading } from '../../../src/protocol/reading.js';
import type { RunningRequests } from '../../../src/protocol/requests.js';
import { createRoutes, type RouteSources } from '../../../src/sidecar/http/routes.js';
import { startServer } from '../../../src/sidecar/http/server.js';
import { call, getJson, sumOf } from '../../harness/http.js';
import { aFinding, aStall } from '../../harness/make.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const incident: Incident = {
  ...aFinding(),
  id: '20260101-0a0b',
  status: 'open',
  openedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  resolvedAt: null,
  evidence: [{ name: 'stacks.json', type: 'application/json', bytes: 4 }],
  runbook: 'https://books/event-loop-stall.md',
};
const running: RunningRequests = {
  readAt: '2026-01-01T00:00:00.000Z',
  readingAgeMs: 250,
  blockedForMs: null,
  blockedBy: null,
  inFlight: 1,
  requests: [{ method: 'GET', route: '/products/:id', ageMs: 5_000, traceId: null }],
};
const readings: readonly Reading[] = [
  { metric: 'processCpu', labels: [], value: 12.5 },
  { metric: 'heapUsed', labels: [], value: 1_024 },
];

async function serve(t: TestContext, sources: Partial<RouteSources> = {}): Promise<string> {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    token: null,
    onError: () => {},
    routes: createRoutes({
      metrics: () => prometheusMetrics(async () => readings),
      currentStall: () => null,
      incidents: () => [incident],
      incident: (id) => (id === incident.id ? incident : null),
      evidence: async () => null,
      requests: () => running,
      report: () => ({ everything: 'known' }),
      ...sources,
    }),
  });
  t.after(() => server.close());
  return server.url;
}

describe('/metrics', () => {
  test('is Prometheus text', async (t) => {
    const { headers, body } = await call(`${await serve(t)}/metrics`);
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(sumOf(body, 'process_cpu_seconds_total'), 12.5);
    assert.equal(sumOf(body, 'nodejs_heap_size_used_bytes'), 1_024);
  });

  test('is OpenMetrics when asked for, also in turn with plain text', async (t) => {
    const url = `${await serve(t)}/metrics`;
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
    for (let round = 0; round < 2; round += 1) {
      const open = await call(url, { headers: { accept } });
      assert.match(String(open.headers['content-type']), /^application\/openmetrics-text/);
      assert.match(open.body, /^# TYPE process_cpu_seconds counter$/m);
      assert.equal(sumOf(open.body, 'process_cpu_seconds_total'), 12.5);
      assert.ok(open.body.endsWith('# EOF\n'));
      const plain = await call(url);
      assert.match(plain.body, /^# TYPE process_cpu_seconds_total counter$/m);
      assert.equal(sumOf(plain.body, 'process_cpu_seconds_total'), 12.5);
    }
  });
});

describe('/healthz', () => {
  test('is 200 while nothing is blocked', async (t) => {
    const { status, body } = await call(`${await serve(t)}/healthz`);
    assert.deepEqual([status, JSON.parse(body)], [200, { status: 'ok' }]);
  });

  test('is 503 with the time in whole milliseconds during a stall', async (t) => {
    const url = await serve(t, { currentStall: () => aStall({ blockedMs: 1_234.56 }) });
    const { status, body } = await call(`${url}/healthz`);
    assert.deepEqual([status, JSON.parse(body)], [503, { status: 'blocked', forMs: 1_235 }]);
  });
});

describe('/incidents', () => {
  test('lists them', async (t) => {
    assert.deepEqual(await getJson(`${await serve(t)}/incidents`), { incidents: [incident] });
  });

  test('shows one by its id', async (t) => {
    assert.deepEqual(await getJson(`${await serve(t)}/incidents/${incident.id}`), incident);
  });

  test('knows nothing of others', async (t) => {
    const url = await serve(t);
    for (const path of ['unknown', `${incident.id}/evidence/other.json`, 'unknown/evidence/stacks.json']) {
      assert.equal((await call(`${url}/incidents/${path}`)).status, 404, path);
    }
  });

  test('serves evidence as a file to download', async (t) => {
    const path = join(temporaryDirectory(t), 'stacks.json');
    writeFileSync(path, 'text');
    const url = await serve(t, { evidence: async () => ({ path, bytes: 4 }) });
    const { status, headers, body } = await call(`${url}/incidents/${incident.id}/evidence/stacks.json`);
    assert.deepEqual([status, body, headers['content-length']], [200, 'text', '4']);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-disposition'], 'attachment; filename="stacks.json"');
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  test('says 404 when the file of its evidence is gone', async (t) => {
    const url = await serve(t);
    assert.equal((await call(`${url}/incidents/${incident.id}/evidence/stacks.json`)).status, 404);
  });
});

test('/requests is what runs, and how old that is', async (t) => {
  assert.deepEqual(await getJson(`${await serve(t)}/requests`), running);
});

test('/report is everything in one document', async (t) => {
  assert.deepEqual(await getJson(`${await serve(t)}/report`), { everything: 'known' });
});

test('/ is a page that may load nothing from elsewhere', async (t) => {
  const { status, headers, body } = await call(`${await serve(t)}/`);
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  assert.match(String(headers['content-security-policy']), /^default-src 'none'/);
  assert.match(body, /^<!doctype html>/);
  assert.doesNotMatch(body, /(src|href)="http/);
});
