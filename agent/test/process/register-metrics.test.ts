import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricCatalog } from '../../src/catalog/metrics.js';
import { indexUrl, startChild } from '../harness/child.js';
import { call, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

const program = `
import { createServer } from 'node:http';
import { Counter, Registry, collectDefaultMetrics } from 'prom-client';
import { startAgent } from ${JSON.stringify(indexUrl)};
const agent = startAgent({ httpLabels: ['verb', 'path', 'code'] });
const register = new Registry();
collectDefaultMetrics({ register });
new Counter({ name: 'orders_total', help: 'Orders.', registers: [register] }).inc(3);
const defaults = register.getMetricsAsArray().map(({ name }) => name).filter((name) => name !== 'orders_total');
const present = agent.registerMetrics(register);
const server = createServer(async (request, response) => {
  if (request.url === '/close') await agent.close();
  response.end(await register.metrics());
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
console.log('present ' + JSON.stringify(present.sort()));
console.log('defaults ' + JSON.stringify(defaults.sort()));
`;
const own = Object.values(metricCatalog).flatMap(({ prometheus }) => prometheus ?? []);

test("the agent's metrics stand in the registry of the service, beside its own and the default ones", async (t) => {
  const child = startChild(t, { program, flags: [] });
  const service = `http://127.0.0.1:${await child.printed(/port (\d+)/)}`;
  const present = JSON.parse(await child.printed(/present (.*)/)) as string[];
  const defaults = JSON.parse(await child.printed(/defaults (.*)/)) as string[];
  assert.deepEqual(present, defaults, 'the names that were there are told');

  const text = await until('all values are there', async () => {
    const { body } = await call(`${service}/metrics`);
    const isServed = sumOf(body, 'http_request_duration_seconds_count') !== null;
    return isServed && sumOf(body, 'nodejs_eventloop_utilization') !== null && body;
  });
  assert.equal(sumOf(text, 'orders_total'), 3);
  for (const name of own) {
    assert.equal(text.split(`# TYPE ${name} `).length, 2, `${name} stands there once`);
  }
  for (const name of [
    'nodejs_heap_size_limit_bytes',
    'nodejs_array_buffers_bytes',
    'nodejs_eventloop_time_seconds_total',
    'faultline_snapshot_age_seconds',
    'faultline_agent_memory_bytes',
  ]) {
    assert.ok(sumOf(text, name)! > 0, name);
  }
  const served = await call(`${await child.url()}/metrics`);
  for (const { body } of [served, { body: text }]) {
    assert.ok(
      sumOf(body, 'http_request_duration_seconds_count', 'verb="GET",path="unmatched",code="200"')! > 0,
    );
  }
  assert.equal(sumOf(text, 'faultline_eventloop_blocked_seconds_total', 'cause="gc"'), 0);
  assert.ok(sumOf(text, 'nodejs_eventloop_delay_seconds_count')! > 0);

  const after = await call(`${service}/close`);
  assert.equal(sumOf(after.body, 'orders_total'), 3, 'after close() the registry still answers');
  for (const name of own.filter((name) => !defaults.includes(name))) {
    assert.ok(!after.body.includes(`# TYPE ${name} `), `${name} is gone`);
  }
  for (const name of defaults)
    assert.ok(after.body.includes(`# TYPE ${name} `), `${name} is the service's own`);
});
