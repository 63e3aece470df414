import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

const program = `
let ticks = 0;
setInterval(() => console.log('tick ' + ++ticks), 20);
`;
const ticksOf = (text: string): number => text.split('tick').length;

test('a process that was stopped and goes on had no stall', async (t) => {
  const child = startChild(t, { program });
  const url = await child.url();
  await until('it runs', () => ticksOf(child.stdout()) > 20);
  const blockedBefore = sumOf(
    (await call(`${url}/metrics`)).body,
    'faultline_eventloop_blocked_seconds_total',
  );
  for (let stop = 0; stop < 2; stop += 1) {
    child.kill('SIGSTOP');
    await delay(1_500);
    child.kill('SIGCONT');
    const ticks = ticksOf(child.stdout());
    await until('it runs again', () => ticksOf(child.stdout()) > ticks + 20);
  }
  const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
  // On a busy machine a stall of some other origin may happen; none may be as long as the stop.
  const long = incidents.filter(({ measurements }) => measurements.worstBlockedMs! > 1_000);
  assert.deepEqual(long, []);
  const blocked = sumOf((await call(`${url}/metrics`)).body, 'faultline_eventloop_blocked_seconds_total');
  assert.ok(blocked! - blockedBefore! < 1, `${blocked! - blockedBefore!} s counted as blocked`);
});
