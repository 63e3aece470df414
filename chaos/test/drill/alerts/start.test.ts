import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAlerting } from '../../../src/drill/alerts/start.js';
import { isOnPath } from '../../../src/drill/runbook/commands.js';
import { createFakeRoot } from '../../harness/drill/fake-root.js';
import { eventually } from '../../harness/wait.js';

const path = process.env.PATH ?? '';
const rules = `groups:
  - name: test
    interval: 1s
    rules:
      - alert: TooMuch
        expr: thing > 1
        labels: { incident: event-loop-stall }
        annotations: { runbook_url: https://example.org/runbooks/x.md }
`;

function optionsFor(root: string, faultlineUrl: string, rest = {}) {
  return {
    root,
    directory: join(root, 'alerting'),
    faultlineUrl,
    wanted: true,
    environment: { PATH: path },
    signal: new AbortController().signal,
    ...rest,
  };
}

test('a real Prometheus fires the rendered rules into a real Alertmanager, and answers queries', async (t) => {
  if (!isOnPath('prometheus', path)) return t.skip('prometheus is not on PATH');
  const root = createFakeRoot(t);
  root.write('dashboards/out/prometheus/drill/rules.yaml', rules);
  let value = 5;
  const service = createServer((_request, response) => response.end(`thing{kind="a\\"b"} ${value}\n`));
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  t.after(() => service.close());
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const alerting = await startAlerting(optionsFor(root.path, url));
  if ('skipped' in alerting) return t.skip(alerting.skipped);
  try {
    const { signal } = new AbortController();
    const alert = await eventually(
      'the alert has reached Alertmanager',
      () => alerting.seen().find((one) => one.notified) ?? null,
    );
    assert.equal(alert.name, 'TooMuch');
    assert.equal(alert.firing, true);
    assert.equal(alert.annotations.runbook_url, 'https://example.org/runbooks/x.md');
    assert.ok(Math.abs(alert.firedAtMs - Date.now()) < 20_000);
    assert.equal(await alerting.isScraping(signal), true);
    const { host } = new URL(url);
    assert.equal(await alerting.query('thing', signal), `{instance="${host}", job="nodejs", kind="a\\"b"} 5`);
    assert.equal(await alerting.query('thing > 100', signal), 'no data');
    assert.equal(await alerting.query('scalar(vector(2))', signal), '{} 2');
    await assert.rejects(alerting.query('rate(', signal), /answered 400: .*parse error/);
    value = 0;
    await eventually('the alert has ended', () =>
      alerting.seen().every((one) => !one.firing) ? true : null,
    );
  } finally {
    await alerting.close();
    service.closeAllConnections();
  }
});

test('says why there is none, and fails when there must be one', async (t) => {
  const root = createFakeRoot(t);
  const environment = { PATH: root.path };
  const options = optionsFor(root.path, 'http://127.0.0.1:1', { environment });
  assert.deepEqual(await startAlerting(options), { skipped: 'prometheus is not on PATH' });
  await assert.rejects(
    startAlerting({ ...options, environment: { ...environment, FAULTLINE_REQUIRE_PROMETHEUS: '1' } }),
    /FAULTLINE_REQUIRE_PROMETHEUS=1, but prometheus is not on PATH/,
  );
});

test('says how to render the rules when they are missing', async (t) => {
  if (!isOnPath('prometheus', path)) return t.skip('prometheus is not on PATH');
  const root = createFakeRoot(t);
  await assert.rejects(
    startAlerting(optionsFor(root.path, 'http://127.0.0.1:1')),
    /there are no rules in .*: run npm run docs/,
  );
});
