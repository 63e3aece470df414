import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { agentLines, type Child, startChild, withAgent } from '../harness/child.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

const program = `
setInterval(() => {}, 1_000);
process.on('SIGUSR2', function onSignal() {
  buildReport();
});
function buildReport() {
  for (const end = Date.now() + 800; Date.now() < end;);
}
console.log('ready');
`;
const nodeMajor = Number(process.versions.node.split('.')[0]);
const permission = nodeMajor >= 24 ? '--permission' : '--experimental-permission';

async function blockOnce(child: Child): Promise<Incident> {
  const url = await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  return until('the stall is over', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents.find(({ evidence }) => evidence.length > 0);
  });
}

describe('takes stacks under', () => {
  for (const flag of [
    '--disallow-code-generation-from-strings',
    '--enable-source-maps',
    '--frozen-intrinsics',
    '--stack-trace-limit=0',
    '--jitless',
    '--no-addons',
    '--disable-proto=delete',
    '--unhandled-rejections=strict',
  ]) {
    test(flag, async (t) => {
      const child = startChild(t, { program, flags: [flag, ...withAgent] });
      const { culprit } = await blockOnce(child);
      assert.deepEqual([culprit?.function, culprit?.file, culprit?.line], ['buildReport', 'program.mjs', 7]);
      assert.ok(culprit!.stack.length >= 2, JSON.stringify(culprit));
      const warnings = agentLines(child.stderr()).filter(
        ({ level, incident }) => Number(level) > 30 && !incident,
      );
      assert.deepEqual(warnings, []);
      // What Node itself says of a flag is none of the agent's doing.
      assert.doesNotMatch(
        child.stderr().replace(/ExperimentalWarning: The --frozen.*/g, ''),
        /Error|Waiting/,
      );
    });
  }
});

test('says once that it cannot watch where the permission model forbids threads', async (t) => {
  const child = startChild(t, { program, flags: [permission, '--allow-fs-read=*', ...withAgent] });
  await child.printed(/(ready)/);
  const said = () => agentLines(child.stderr());
  await until('it has said so', () => said().length > 0);
  assert.match(String(said()[0]!.msg), /^The sidecar thread could not be started, so nothing is watched: /);
  assert.equal(said().length, 1);
  child.kill('SIGTERM');
  assert.equal((await child.exit).signal, 'SIGTERM');
});

test('takes stacks under the permission model where that allows the inspector', async (t) => {
  if (nodeMajor < 24) return t.skip('this version of Node has no --allow-inspector');
  const allowed = ['--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker', '--allow-inspector'];
  if (nodeMajor >= 25) allowed.push('--allow-net');
  const child = startChild(t, { program, flags: [permission, ...allowed, ...withAgent] });
  const { culprit } = await blockOnce(child);
  assert.equal(culprit?.function, 'buildReport');
  assert.doesNotMatch(child.stderr(), /no stack is taken/);
});

test('says once that it takes no stacks where the permission model forbids the inspector', async (t) => {
  const allowed = ['--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'];
  if (nodeMajor >= 25) allowed.push('--allow-net');
  const child = startChild(t, { program, flags: [permission, ...allowed, ...withAgent] });
  const url = await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  const [incident] = await until('the stall is known', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents.length > 0 && incidents;
  });
  assert.equal(incident?.culprit, null);
  const { blindBecause } = await getJson<{ blindBecause: string }>(`${url}/report`);
  assert.match(blindBecause, /--allow-inspector/);
  const said = agentLines(child.stderr()).filter(({ msg }) => String(msg).includes(blindBecause));
  assert.equal(said.length, 1, child.stderr());
});
