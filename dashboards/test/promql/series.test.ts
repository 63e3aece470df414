import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf, maxOf, quantileOf, rateOf, ratioOf } from '../../src/promql/series.js';
import { factsOf } from '../../src/promql/source.js';
import { delayP99 } from '../../src/rules/event-loop.js';
import { poolWait } from '../../src/rules/pools.js';

const target = 'job=~"$job", instance=~"$instance"';

test('maxOf reads a gauge by its id in the catalog', () => {
  assert.deepEqual(maxOf('processOpenFds', { as: 'open' }), {
    expr: `max by (job, instance) (process_open_fds{${target}})`,
    legend: 'open · {{instance}}',
  });
});

test('maxOf reads a recorded series', () => {
  assert.match(maxOf(delayP99).expr, /instance:nodejs_eventloop_delay_p99_seconds\{/);
});

test('rateOf takes the rate before the sum, and keeps labels that are asked for', () => {
  assert.deepEqual(rateOf('blocked', { by: ['cause'] }), {
    expr: `sum by (job, instance, cause) (rate(faultline_eventloop_blocked_seconds_total{${target}}[$__rate_interval]))`,
    legend: '{{cause}} · {{instance}}',
  });
});

test('quantileOf sums buckets and keeps le, for a histogram and for recorded buckets', () => {
  const { expr, legend } = quantileOf('eventLoopDelay', 0.99);
  const buckets = `rate(nodejs_eventloop_delay_seconds_bucket{${target}}[$__rate_interval])`;
  assert.equal(expr, `histogram_quantile(0.99, sum by (job, instance, le) (${buckets}))`);
  assert.equal(legend, 'p99 · {{instance}}');
  assert.match(quantileOf(poolWait, 0.95).expr, /\(instance:nodejs_pool_wait_seconds_bucket\{/);
});

test('rateOf takes a histogram by the number of its values', () => {
  assert.match(rateOf('httpRequestDuration').expr, /rate\(http_request_duration_seconds_count\{/);
});

test('where asks for one value of a label, or for those that an expression matches', () => {
  assert.match(maxOf('poolCount', { where: { db_client_connection_state: /i.*/ } }).expr, /state=~"i\.\*"/);
  assert.match(maxOf('poolCount', { where: { db_client_connection_state: 'used' } }).expr, /state="used"/);
});

test('differenceOf matches by job and instance', () => {
  assert.match(differenceOf('processResidentMemory', 'heapTotal').expr, /\) - on \(job, instance\) max/);
});

test('ratioOf matches by the labels that both have, and says so where one of them has more', () => {
  const alike = ratioOf('dependencyErrors', 'dependencyCalls', { by: ['target'], shared: ['target'] });
  assert.match(alike.expr, /\) \/ on \(job, instance, target\) sum by \(job, instance, target\)/);
  const { expr, legend } = ratioOf('dependencyCalls', 'inboundRequests', { by: ['target'] });
  assert.match(
    expr,
    /^sum by \(job, instance, target\) .+ \/ on \(job, instance\) group_left \(\) sum by \(job, instance\)/,
  );
  assert.equal(legend, '{{target}} · {{instance}}');
});

test('a metric that only OpenTelemetry has is refused with its code', () => {
  assert.throws(() => factsOf('heapSpacePhysical'), { code: 'DASHBOARDS_NOT_IN_PROMETHEUS' });
});
