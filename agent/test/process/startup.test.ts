import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { agentLines, type Child, indexUrl, startChild } from '../harness/child.js';
import { attachDevtools } from '../harness/devtools-client.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Modules that take long to load look like this. */
const program = `
setInterval(() => {}, 1_000);
(function loadEverything() {
  for (const end = Date.now() + 2_000; Date.now() < end;);
})();
console.log('ready');
`;
const incidentsOf = async (child: Child): Promise<readonly Incident[]> =>
  (await getJson<IncidentList>(`${await child.url()}/incidents`)).incidents;
const blockedSeconds = async (child: Child): Promise<number> =>
  sumOf((await call(`${await child.url()}/metrics`)).body, 'faultline_eventloop_blocked_seconds_total')!;

test('a block while the service starts is counted, and by default no incident', async (t) => {
  const child = startChild(t, { program, env: { FAULTLINE_STARTUP_GRACE_MS: '' } });
  await child.printed(/(ready)/);
  await until('it is counted', async () => (await blockedSeconds(child)) > 1);
  await delay(300);
  assert.deepEqual(await incidentsOf(child), []);
  assert.deepEqual(
    agentLines(child.stderr()).filter((line) => 'incident' in line),
    [],
  );
});

test('a block while the service starts is an incident when there is no grace', async (t) => {
  const child = startChild(t, { program });
  await child.printed(/(ready)/);
  const [incident] = await until('it is known', async () => {
    const incidents = await incidentsOf(child);
    return (incidents[0]?.evidence.length ?? 0) > 0 && incidents;
  });
  assert.equal(incident?.culprit?.function, 'loadEverything');
});

test('no stack is taken from the first moment on when a debugger is attached', async (t) => {
  if (process.platform !== 'linux') return t.skip('this system does not tell who is connected');
  const blocksAtOnce = `import { startAgent } from ${JSON.stringify(indexUrl)};\nstartAgent();\n${program}`;
  const child = startChild(t, { program: blocksAtOnce, flags: ['--inspect-brk=127.0.0.1:0'] });
  const client = await attachDevtools(
    await until('the inspector listens', () => /Debugger listening on (ws:\S+)/.exec(child.stderr())?.[1]),
  );
  await client.post('Debugger.enable');
  await client.post('Runtime.runIfWaitingForDebugger');
  await until('the program has been let go', async () => {
    await client.post('Debugger.resume');
    return child.stdout().includes('ready');
  });
  const [incident] = await until('it is known', async () => {
    const incidents = await incidentsOf(child);
    return incidents.length > 0 && incidents;
  });
  assert.deepEqual([incident?.culprit, incident?.measurements.samples], [null, 0]);
});
