import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

const program = `import { execSync } from 'node:child_process';
setInterval(() => {}, 1_000);
process.on('SIGUSR2', function exportAll() {
  execSync('sleep 1.5');
});
console.log('ready');
`;

test('a synchronous call is one incident: open while it lasts, with its line when it returns', async (t) => {
  const child = startChild(t, { program });
  const url = await child.url();
  await child.printed(/(ready)/);
  const list = async () => (await getJson<IncidentList>(`${url}/incidents`)).incidents;

  child.kill('SIGUSR2');
  const during = await until('the incident is open', async () => (await list())[0]);
  assert.equal(during.culprit, null, 'no JavaScript runs during the call');
  const known = await until('its line is known', async () =>
    (await list()).find(({ culprit }) => culprit !== null),
  );
  assert.deepEqual([known.id, known.cause], [during.id, 'sync-call']);
  assert.match(known.culprit!.function, /exportAll$/);
  assert.equal(known.culprit!.line, 4);

  child.kill('SIGUSR2');
  await until('the second call has joined', async () => (await list())[0]?.occurrences === 2);
  await delay(200);
  assert.equal((await list()).length, 1);
});
