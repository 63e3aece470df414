import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRunbookUrl } from '@faultline/agent/catalog';
import { readEmitted } from '../../src/checks/emitted.js';
import { dashboardExpressions } from '../../src/checks/expressions.js';
import { type FakeExporter, startFakeExporter } from '../harness/fake-exporter.js';
import { output } from '../harness/mutation.js';
import { type Prometheus, startPrometheus } from '../harness/prometheus.js';
import { eventually } from '../harness/server.js';
import { requireTool } from '../harness/tools.js';

/** What Grafana sends for a query when every job and one instance are chosen. */
function asSent(text: string, instance: string): string {
  return text
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$job', '.+')
    .replaceAll('$instance', instance);
}

/** Queries of panels that have no data for the instance. */
async function emptyQueries(prometheus: Prometheus, instance: string): Promise<readonly string[]> {
  const panels = dashboardExpressions(readEmitted(output)).filter(({ kind }) => kind === 'panel');
  const answers = await Promise.all(
    panels.map(async ({ where, text }) => ({
      where,
      result: await prometheus.query(asSent(text, instance)),
    })),
  );
  return answers
    .filter(({ result }) => result.length === 0 || result.some(({ value }) => value[1] === 'NaN'))
    .map(({ where }) => where);
}

/** Name and instance of every alert that was pending or firing since the start. */
async function everActive(prometheus: Prometheus): Promise<readonly string[]> {
  const result = await prometheus.query('group by (alertname, instance) (last_over_time(ALERTS[10m]))');
  return result.map(({ metric }) => `${metric.alertname} ${metric.instance}`);
}

/** Starts a healthy service, one that will block, and a Prometheus that scrapes both; ends them after the test. */
async function startAll(
  file: string,
  after: (close: () => Promise<void>) => void,
): Promise<{ healthy: FakeExporter; blocking: FakeExporter; prometheus: Prometheus }> {
  const healthy = await startFakeExporter();
  after(healthy.close);
  const blocking = await startFakeExporter();
  after(blocking.close);
  const prometheus = await startPrometheus(file, [healthy.target, blocking.target]);
  after(prometheus.close);
  return { healthy, blocking, prometheus };
}

test('a blocked loop fires its alert and no other, and every panel has data', {
  timeout: 90_000,
}, async (t) => {
  const file = requireTool(t, 'prometheus');
  if (file === null) return;
  const { healthy, blocking, prometheus } = await startAll(file, (close) => t.after(close));

  await t.test('every rule loads and evaluates', async () => {
    await eventually(prometheus.unhealthyRules, (rules) => rules.length === 0, 20_000);
  });

  await t.test(
    'with healthy numbers every panel but the alerts has data, and nothing is pending',
    async () => {
      const onlyAlerts = (empty: readonly string[]): boolean =>
        empty.every((where) => where.endsWith('"Verdict" B'));
      await eventually(() => emptyQueries(prometheus, healthy.target), onlyAlerts, 20_000);
      assert.deepEqual(await everActive(prometheus), []);
    },
  );

  await t.test('the alert fires for the blocked process as warning and as critical', async () => {
    blocking.block();
    const alerts = await eventually(
      prometheus.alerts,
      (all) => all.filter(({ state }) => state === 'firing').length >= 2,
      30_000,
    );
    assert.deepEqual(alerts.map(({ labels }) => labels.severity).sort(), ['critical', 'warning']);
    for (const { labels, annotations } of alerts) {
      assert.equal(labels.alertname, 'NodejsEventLoopBlocked');
      assert.equal(labels.incident, 'event-loop-stall');
      assert.equal(labels.instance, blocking.target);
      assert.equal(annotations.runbook_url, `${defaultRunbookUrl}event-loop-stall.md`);
      assert.match(
        annotations.description ?? '',
        new RegExp(`${blocking.target} \\(shop\\) was blocked for \\d`),
      );
    }
  });

  await t.test(
    'every panel has data for the blocked process, and no other alert was ever pending',
    async () => {
      assert.deepEqual(await everActive(prometheus), [`NodejsEventLoopBlocked ${blocking.target}`]);
      await eventually(
        () => emptyQueries(prometheus, blocking.target),
        (empty) => empty.length === 0,
        10_000,
      );
    },
  );
});
