import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { requireTool, runTool, workspace } from '../harness/tools.js';

const cases = join(workspace, 'test/rules');
const out = join(workspace, 'out/prometheus');

test('promtool accepts every rule file', async (t) => {
  const promtool = requireTool(t, 'promtool');
  if (promtool === null) return;
  const { code, output } = await runTool(
    promtool,
    'check',
    'rules',
    '--lint-fatal',
    join(out, 'rules.yaml'),
    join(out, 'drill/rules.yaml'),
  );
  assert.equal(code, 0, output);
});

test('promtool accepts the example configuration', async (t) => {
  const promtool = requireTool(t, 'promtool');
  if (promtool === null) return;
  const { code, output } = await runTool(promtool, 'check', 'config', join(out, 'prometheus.yaml'));
  assert.equal(code, 0, output);
});

for (const file of readdirSync(cases).filter((name) => name.endsWith('.yaml'))) {
  test(`the series of ${file} give the expected alerts and records`, async (t) => {
    const promtool = requireTool(t, 'promtool');
    if (promtool === null) return;
    const { code, output } = await runTool(promtool, 'test', 'rules', join(cases, file));
    assert.equal(code, 0, output);
  });
}

/** Runs a case file against rules with one change, and asserts that the case notices. */
async function assertNotices(promtool: string, file: string, from: string, to: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'faultline-rules-'));
  try {
    const rules = await readFile(join(out, 'rules.yaml'), 'utf8');
    assert.ok(rules.includes(from), `the rules hold no ${from}`);
    await writeFile(join(directory, 'rules.yaml'), rules.replaceAll(from, to));
    const series = await readFile(join(cases, file), 'utf8');
    await writeFile(join(directory, file), series.replace('../../out/prometheus/rules.yaml', 'rules.yaml'));
    const { code, output } = await runTool(promtool, 'test', 'rules', join(directory, file));
    assert.notEqual(code, 0, `${file} passes although ${from} became ${to}`);
    assert.match(output, /exp:/, 'expected a wrong result, not a broken file');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const mutations = [
  ['event-loop-stall.yaml', '> 0.05', '>= 0.05'],
  ['event-loop-stall.yaml', '> 0.05', '> 0.06'],
  ['event-loop-stall.yaml', '> 0.25', '>= 0.25'],
  ['event-loop-stall.yaml', '>= 0.95)', '> 0.95)'],
  ['event-loop-stall.yaml', '< 120)', '< 0)'],
  ['event-loop-stall.yaml', 'keep_firing_for: 5m', 'keep_firing_for: 1m'],
  ['event-loop-stall.yaml', 'cpu-starvation|', ''],
  // Not ">= 0.9": promtool may evaluate the alert before the record it reads, and then the last digit differs.
  ['event-loop-saturated.yaml', '> 0.9', '> 0.89'],
  ['event-loop-saturated.yaml', '> 0.3)', '> 0.5)'],
  ['event-loop-saturated.yaml', '> 0.25)', '> 0.5)'],
  ['event-loop-saturated.yaml', '< 120', '< 0'],
  ['cpu-starved.yaml', '> 0.25', '>= 0.25'],
  ['cpu-starved.yaml', '> 0.75', '> 0.95'],
  ['cpu-starved.yaml', '< 120', '< 0'],
  ['gc-pressure.yaml', '> 0.1\n', '> 0.3\n'],
  ['heap-leak.yaml', '< 43200', '<= 43200'],
  ['heap-leak.yaml', '< 1800', '<= 1800'],
  [
    'heap-leak.yaml',
    'instance) (time() - process_start_time_seconds < 120)',
    'instance) (time() - process_start_time_seconds < 0)',
  ],
  ['dependency-slow.yaml', '> on (job, instance, target)', '>= on (job, instance, target)'],
  ['dependency-slow.yaml', 'histogram_quantile(0.75,', 'histogram_quantile(0.4,'],
  ['dependency-slow.yaml', '{kind="dependency-slow"} == 1', '{kind="dependency-slow"} >= 0'],
  ['dependency-slow.yaml', '< 120', '< 0'],
  ['threadpool-saturated.yaml', ' > 0.1\n', ' >= 0.1\n'],
  ['threadpool-saturated.yaml', 'histogram_quantile(0.5,', 'histogram_quantile(0.4,'],
  ['threadpool-saturated.yaml', 'histogram_quantile(0.5,', 'histogram_quantile(0.6,'],
  ['threadpool-saturated.yaml', '{kind="threadpool-saturated"} == 1', '{kind="threadpool-saturated"} >= 0'],
  ['threadpool-saturated.yaml', '< 120', '< 0'],
  [
    'dependency-failing.yaml',
    '> on (job, instance, target) faultline_dependency_failing',
    '>= on (job, instance, target) faultline_dependency_failing',
  ],
  ['dependency-failing.yaml', '{kind="dependency-failing"} == 1', '{kind="dependency-failing"} >= 0'],
  ['dependency-failing.yaml', '> 0.5\n', '>= 0.5\n'],
  ['dependency-failing.yaml', '> 10)', '> 5)'],
  ['dependency-failing.yaml', '> 0.1)', '> 0.3)'],
  ['dependency-failing.yaml', '< 120', '< 0'],
  [
    'retry-storm.yaml',
    '> on (job, instance, target) faultline_dependency_storm',
    '>= on (job, instance, target) faultline_dependency_storm',
  ],
  ['retry-storm.yaml', '{kind="retry-storm"} == 1', '{kind="retry-storm"} >= 0'],
  ['retry-storm.yaml', '< 120', '< 0'],
  ['handle-leak.yaml', 'process_max_fds > 0.9', 'process_max_fds >= 0.9'],
  ['handle-leak.yaml', '> 0 or process_open_fds', '> 20 or process_open_fds'],
  ['handle-leak.yaml', '< 120', '< 0'],
  ['log-backpressure.yaml', '> 0.1\n', '>= 0.1\n'],
  ['log-backpressure.yaml', '< 120', '< 0'],
  ['log-backpressure.yaml', '|stdout', ''],
  [
    'log-backpressure.yaml',
    'faultline_log_write_seconds_total[1m]) > 0.3',
    'faultline_log_write_seconds_total[1m]) > 3',
  ],
  [
    'pool-exhausted.yaml',
    'min_over_time(db_client_connection_pending_requests[1m]) > 0',
    'max_over_time(db_client_connection_pending_requests[1m]) > 0',
  ],
  [
    'pool-exhausted.yaml',
    'rate(db_client_connection_timeouts_total[1m]) > 0',
    'rate(db_client_connection_timeouts_total[1m]) > 1',
  ],
  [
    'pool-exhausted.yaml',
    'rate(db_client_connection_timeouts_total[1m]) > 0',
    'rate(db_client_connection_timeouts_total[1m]) >= 0',
  ],
  ['pool-exhausted.yaml', '{kind="pool-exhausted"} == 1', '{kind="pool-exhausted"} >= 0'],
  ['pool-exhausted.yaml', '< 120', '< 0'],
  [
    'external-memory-growth.yaml',
    'faultline_external_seconds_to_limit < 43200',
    'faultline_external_seconds_to_limit <= 43200',
  ],
  ['external-memory-growth.yaml', '< 120', '< 0'],
  [
    'rss-growth.yaml',
    'faultline_native_seconds_to_limit < 43200',
    'faultline_native_seconds_to_limit <= 43200',
  ],
  ['rss-growth.yaml', '< 120', '< 0'],
  ['heap-near-limit.yaml', '> 0.85', '>= 0.85'],
  ['heap-near-limit.yaml', '> 0.85', '> 0.89'],
  [
    'heap-near-limit.yaml',
    'min_over_time(faultline_heap_floor_bytes',
    'max_over_time(faultline_heap_floor_bytes',
  ],
  ['heap-near-limit.yaml', '< 120', '< 0'],
  ['names.yaml', 'or nodejs_eventloop_delay_p50\n', '\n'],
  ['names.yaml', '(?:_space)?', ''],
] as const;

for (const [file, from, to] of mutations) {
  test(`${file} notices when "${from.trim()}" becomes "${to.trim()}"`, async (t) => {
    const promtool = requireTool(t, 'promtool');
    if (promtool !== null) await assertNotices(promtool, file, from, to);
  });
}
