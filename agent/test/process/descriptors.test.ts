import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { IncidentList } from '../../src/protocol/incident.js';
import { agentLines, startChild } from '../harness/child.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** What the package gives for --import. */
const registerImportUrl = new URL('../../src/register-import.js', import.meta.url).href;

/** Takes every file descriptor that the process may have, for a while. */
const program = `
import { closeSync, openSync } from 'node:fs';
setInterval(() => {}, 1_000);
process.on('SIGUSR2', () => {
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    console.log('taken ' + error.code);
  }
  setTimeout(() => {
    taken.forEach((descriptor) => closeSync(descriptor));
    console.log('given back');
  }, 2_500);
});
console.log('ready');
`;

test('a process that runs out of file descriptors goes on, and so does the agent', async (t) => {
  const child = startChild(t, { program });
  const url = await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  assert.equal(await child.printed(/taken (\w+)/), 'EMFILE');
  // Nobody can connect now; the readings of the main thread go on.
  await delay(1_500);
  await child.printed(/(given back)/);
  const body = await until('the agent answers', () =>
    call(`${url}/metrics`).then(
      (answer) => answer.body,
      () => null,
    ),
  );
  assert.ok(sumOf(body, 'process_open_fds')! < 100);
  assert.ok(sumOf(body, 'faultline_snapshot_age_seconds')! < 10);
  assert.deepEqual(
    agentLines(child.stderr()).filter(({ level }) => Number(level) >= 50),
    [],
  );
  assert.ok(!/sidecar thread ended/.test(child.stderr()), child.stderr());
});

/** Takes every descriptor that is left, and holds them until it is told to let go. */
const hoarding = `
import { closeSync, openSync } from 'node:fs';
setInterval(() => {}, 1_000);
const taken = [];
process.on('SIGUSR2', () => {
  if (taken.length > 0) {
    for (const descriptor of taken.splice(0)) closeSync(descriptor);
    return console.log('given back');
  }
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    console.log('taken ' + error.code);
  }
});
console.log('ready');
`;

test('a process that may open 48 files starts with the agent, whose modules are loaded one after the other', async (t) => {
  if (process.platform !== 'linux') return t.skip('the limit of descriptors is read in /proc/self/limits');
  const child = startChild(t, {
    program: 'console.log("ready");setInterval(() => {}, 1_000);',
    flags: ['--import', registerImportUrl],
    wrap: ['sh', '-c', 'ulimit -n 48; exec "$@"', 'sh'],
  });
  const { body } = await call(`${await child.url()}/metrics`);
  assert.equal(sumOf(body, 'process_max_fds'), 48);
});

test('a process of 64 descriptors that has none left is told of, and answers once it has some', async (t) => {
  if (process.platform !== 'linux') return t.skip('descriptors are counted in /proc/self/fd');
  const child = startChild(t, {
    program: hoarding,
    flags: ['--import', registerImportUrl],
    wrap: ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'],
  });
  const url = await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  assert.equal(await child.printed(/taken (\w+)/), 'EMFILE');
  const verdict = await until('the verdict is written', () =>
    agentLines(child.stderr()).find(
      ({ incident }) => (incident as { kind?: string })?.kind === 'handle-leak',
    ),
  );
  // One that was inherited may have a number above the limit, and counts beside the 64.
  assert.match(String(verdict.msg), /^File descriptors are nearly used up: 6\d of 64 open$/);
  child.kill('SIGUSR2');
  await child.printed(/(given back)/);
  const { incidents } = await until('the agent answers', () =>
    getJson<IncidentList>(`${url}/incidents`).catch(() => null),
  );
  const told = incidents.find(({ kind }) => kind === 'handle-leak');
  assert.deepEqual([told?.cause, told?.severity, told?.culprit], ['descriptors', 'critical', null]);
  assert.ok(!/sidecar thread ended/.test(child.stderr()), child.stderr());
});
