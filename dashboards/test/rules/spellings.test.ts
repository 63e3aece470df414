import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spellingsOf } from '../../src/rules/spellings.js';
import { unite } from '../../src/rules/unite.js';

const names = (...args: Parameters<typeof spellingsOf>): readonly string[] =>
  spellingsOf(...args).map(({ name }) => name);

test('a gauge of seconds has three spellings', () => {
  assert.deepEqual(names('eventLoopDelayP99'), [
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_eventloop_delay_p99_seconds',
    'nodejs_eventloop_delay_p99',
  ]);
});

test('a ratio gets its suffix from the Collector only, and a spelling that is shared is told once', () => {
  assert.deepEqual(names('eventLoopUtilization'), [
    'nodejs_eventloop_utilization',
    'nodejs_eventloop_utilization_ratio',
  ]);
});

test('a counter keeps _total behind its unit', () => {
  assert.deepEqual(names('eventLoopTime'), [
    'nodejs_eventloop_time_seconds_total',
    'nodejs_eventloop_time_seconds_total',
    'nodejs_eventloop_time_total',
  ]);
});

test('the part of a histogram stands last', () => {
  assert.deepEqual(names('gcDuration', '_sum'), [
    'nodejs_gc_duration_seconds_sum',
    'v8js_gc_duration_seconds_sum',
    'v8js_gc_duration_sum',
  ]);
});

test('a metric of this agent alone has one spelling', () => {
  assert.deepEqual(names('blocked'), ['faultline_eventloop_blocked_seconds_total']);
});

test('a united metric has the labels and the type of the catalog', () => {
  const { labels, type } = unite('instance:x', 'poolWaitTime', '_bucket');
  assert.deepEqual({ labels, type }, { labels: ['db_client_connection_pool_name', 'le'], type: 'counter' });
  assert.equal(unite('instance:y', 'eventLoopDelayMax').type, 'gauge');
});
