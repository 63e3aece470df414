import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { type Child, startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Wants a CPU for two thirds of the time, in pieces that are no stall by themselves. */
const program = `
setInterval(() => {
  const startedMs = performance.now();
  while (performance.now() - startedMs < 40);
}, 20);
`;
const v1 = '/sys/fs/cgroup/cpu';
const limitMs = 30_000;

async function firstStarved(child: Child): Promise<Incident> {
  const url = await child.url();
  return until(
    'the incident opens',
    async () => {
      const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
      assert.deepEqual(
        incidents.filter(({ cause }) => cause === 'javascript'),
        [],
      );
      return incidents.find(({ kind }) => kind === 'cpu-starved');
    },
    limitMs,
  );
}

/** A control group of v1 with a quota; null where this machine does not let us make one. */
function makeGroup(): string | null {
  const group = join(v1, `faultline-test-${process.pid}`);
  try {
    mkdirSync(group);
    writeFileSync(join(group, 'cpu.cfs_quota_us'), '15000');
  } catch {
    return null;
  }
  return group;
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

test('a CPU quota is told as cgroup-throttling, and not as the code that it slows', async (t) => {
  const reason = crowded();
  if (reason !== null) return t.skip(reason);
  const group = existsSync(v1) ? makeGroup() : null;
  if (group === null) return t.skip('a control group with a CPU quota cannot be made here');
  // The agent looks its groups up at its start, so the shell moves itself first.
  const limited = startChild(t, {
    program,
    wrap: ['sh', '-c', `echo $$ > ${group}/cgroup.procs; exec "$@"`, 'sh'],
  });
  // After the end of the process: a group that is not empty cannot be removed.
  t.after(() => until('the group is empty', () => attempt(() => rmdirSync(group))));
  const incident = await firstStarved(limited);
  assert.equal(incident.cause, 'cgroup-throttling');
  assert.ok(incident.measurements.throttledMs! > 0);
  const metrics = await (await fetch(`${await limited.url()}/metrics`)).text();
  assert.match(metrics, /^faultline_cpu_throttled_seconds_total [0-9.]*[1-9]/m);
});

test('neighbours on the same CPU are told as cpu-starvation, and it resolves when they go', async (t) => {
  const reason = crowded();
  if (reason !== null) return t.skip(reason);
  const hasTaskset = process.platform === 'linux' && spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  if (!hasTaskset) return t.skip('taskset is not on PATH or may not choose CPU 0');
  const child = startChild(t, { program, wrap: ['taskset', '-c', '0'] });
  await child.url();
  const neighbours = [1, 2, 3].map(() => spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);']));
  t.after(() => neighbours.forEach((neighbour) => void neighbour.kill('SIGKILL')));
  const incident = await firstStarved(child);
  assert.equal(incident.cause, 'cpu-starvation');
  for (const neighbour of neighbours) neighbour.kill('SIGKILL');
  await delay(1_000);
  const url = await child.url();
  await until(
    'the incident is resolved',
    async () => (await getJson<Incident>(`${url}/incidents/${incident.id}`)).status === 'resolved',
    limitMs * 2,
  );
});
