import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { agentLines, type Child, startChild, withAgent } from '../harness/child.js';
import { attachDevtools } from '../harness/devtools-client.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

const program = `
setInterval(() => {}, 1_000);
process.on('SIGUSR2', function onSignal() {
  buildReport();
});
function buildReport() {
  for (const end = Date.now() + 700; Date.now() < end;);
}
console.log('ready');
`;
const reason = 'a debugger is attached';
const linux = process.platform === 'linux';
const why = 'this system does not tell who is connected to the inspector';

const blindnessOf = async (url: string): Promise<string | null> =>
  (await getJson<{ blindBecause: string | null }>(`${url}/report`)).blindBecause;

/** Blocks the main thread once; the incident as it is when the block is over. */
async function blockOnce(child: Child, occurrences: number): Promise<Incident> {
  const url = await child.url();
  const before = sumOf((await call(`${url}/metrics`)).body, 'faultline_eventloop_blocked_seconds_total') ?? 0;
  child.kill('SIGUSR2');
  await until('the time is counted', async () => {
    const { body } = await call(`${url}/metrics`);
    return sumOf(body, 'faultline_eventloop_blocked_seconds_total')! - before > 0.5;
  });
  return until('the stall is known', async () => {
    const { status } = await call(`${url}/healthz`);
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    const total = incidents.reduce((sum, incident) => sum + incident.occurrences, 0);
    return status === 200 && total >= occurrences && incidents[0];
  });
}

const saidOf = (child: Child, text: string) =>
  agentLines(child.stderr()).filter(({ msg }) => String(msg).includes(text));

async function start(t: TestContext, flags: readonly string[]) {
  const child = startChild(t, { program, flags: [...flags, ...withAgent] });
  await child.printed(/(ready)/);
  return { child, url: await child.url() };
}

const listening = (child: Child): Promise<string> =>
  until('the inspector listens', () => /Debugger listening on (ws:\S+)/.exec(child.stderr())?.[1]);

describe('an open inspector port', () => {
  test('alone changes nothing: the stall is named', async (t) => {
    if (!linux) return t.skip(why);
    const { child, url } = await start(t, ['--inspect=127.0.0.1:0']);
    const { culprit } = await blockOnce(child, 1);
    assert.equal(culprit?.function, 'buildReport');
    assert.equal(await blindnessOf(url), null);
    assert.deepEqual(saidOf(child, reason), []);
  });

  for (const [title, flags, open] of [
    ['by --inspect', ['--inspect=127.0.0.1:0'], () => {}],
    ['by a signal while it runs', ['--inspect-port=127.0.0.1:0'], (child: Child) => child.kill('SIGUSR1')],
  ] as const) {
    test(`${title}: stacks are left to the debugger while one is attached, and taken again afterwards`, async (t) => {
      if (!linux) return t.skip(why);
      const { child, url } = await start(t, flags);
      open(child);
      const client = await attachDevtools(await listening(child));
      await client.post('Runtime.enable');
      await client.post('Debugger.enable');
      await until('the debugger is noticed', async () => (await blindnessOf(url)) === reason);

      const unnamed = await blockOnce(child, 1);
      assert.deepEqual([unnamed.culprit, unnamed.confidence], [null, 0]);

      client.detach();
      await until('it is noticed that it has gone', async () => (await blindnessOf(url)) === null);
      const named = await until('the stall is named', async () => {
        const { culprit } = await blockOnce(child, 1);
        return culprit;
      });
      assert.equal(named.function, 'buildReport');
      await until('it has been said', () => saidOf(child, reason).length === 2);
      assert.deepEqual(
        saidOf(child, reason).map(({ level }) => level),
        [40, 30],
      );
      child.kill('SIGTERM');
      assert.equal((await child.exit).signal, 'SIGTERM');
    });
  }
});
