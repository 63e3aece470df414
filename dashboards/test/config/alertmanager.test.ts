import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, startServer } from '../harness/server.js';
import { requireTool, runTool, workspace } from '../harness/tools.js';

const config = join(workspace, 'out/alertmanager/alertmanager.yaml');

test('amtool accepts the configuration', async (t) => {
  const amtool = requireTool(t, 'amtool');
  if (amtool === null) return;
  const { code, output } = await runTool(amtool, 'check-config', config);
  assert.equal(code, 0, output);
});

const routes = [
  ['critical', 'page'],
  ['warning', 'ticket'],
  ['info', 'ticket'],
] as const;

for (const [severity, receiver] of routes) {
  test(`${severity} goes to ${receiver}`, async (t) => {
    const amtool = requireTool(t, 'amtool');
    if (amtool === null) return;
    const labels = ['alertname=NodejsEventLoopBlocked', `severity=${severity}`];
    const test = ['config', 'routes', 'test', `--config.file=${config}`, `--verify.receivers=${receiver}`];
    const { code, output } = await runTool(amtool, ...test, ...labels);
    assert.equal(code, 0, output);
  });
}

const alert = (instance: string, severity: string, incident = 'event-loop-stall') => ({
  labels: { alertname: 'NodejsEventLoopBlocked', job: 'shop', instance, severity, incident },
});

test('a warning is silent under the critical alert of the same incident and instance only', async (t) => {
  const file = requireTool(t, 'alertmanager', 'prometheus-alertmanager');
  if (file === null) return;
  const alertmanager = await startServer({
    file,
    readyPath: '/-/ready',
    async prepare(directory, address) {
      await copyFile(config, join(directory, 'alertmanager.yaml'));
      return [
        `--config.file=${join(directory, 'alertmanager.yaml')}`,
        `--storage.path=${join(directory, 'data')}`,
        `--web.listen-address=${address}`,
        `--cluster.listen-address=`,
      ];
    },
  });
  t.after(alertmanager.close);
  const url = `${alertmanager.url}/api/v2/alerts`;
  const sent = [
    alert('a:1', 'critical'),
    alert('a:1', 'warning'),
    alert('b:1', 'warning'),
    alert('a:1', 'warning', 'gc-pressure'),
  ];
  await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  });
  const inhibited = async (): Promise<readonly string[]> => {
    const alerts: readonly {
      labels: { instance: string; severity: string; incident: string };
      status: { inhibitedBy: readonly string[] };
    }[] = JSON.parse(await (await fetch(url)).text());
    if (alerts.length < sent.length) return [];
    return alerts
      .filter(({ status }) => status.inhibitedBy.length > 0)
      .map(({ labels }) => `${labels.instance} ${labels.severity} ${labels.incident}`);
  };
  await eventually(
    inhibited,
    (found) => found.length === 1 && found[0] === 'a:1 warning event-loop-stall',
    20_000,
  );
});
