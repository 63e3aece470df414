import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { Discovery } from '../../src/protocol/discovery.js';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { agentLines, type Child, startChild, withAgent } from '../harness/child.js';
import { call, getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

const buildReport = `
function buildReport() {
  for (const end = Date.now() + 700; Date.now() < end;);
}
`;
const verdictAt = (url: string): Promise<Incident> =>
  until('the stall has a verdict', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents.find(({ evidence }) => evidence.length > 0);
  });
const complaints = (child: Child) =>
  agentLines(child.stderr()).filter(({ level, incident }) => Number(level) > 30 && !incident);

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

test('--cpu-prof: the stall is named, and the profile is whole and the only one', async (t) => {
  const program = `${buildReport}
    const timer = setInterval(() => {}, 1_000);
    process.once('SIGUSR2', () => buildReport());
    process.once('SIGTERM', () => clearInterval(timer));
    process.on('exit', () => { process.exitCode = 5; });
    console.log('ready');`;
  const child = startChild(t, { program, flags: ['--cpu-prof', ...withAgent] });
  const url = await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  assert.equal((await verdictAt(url)).culprit?.function, 'buildReport');
  child.kill('SIGTERM');
  const { code, stdout } = await child.exit;
  assert.deepEqual([code, stdout, complaints(child)], [5, 'ready\n', []], child.stderr());

  const profiles = readdirSync(child.directory).filter((name) => name.endsWith('.cpuprofile'));
  assert.equal(profiles.length, 1, profiles.join());
  const { nodes, samples, timeDeltas } = JSON.parse(
    readFileSync(join(child.directory, profiles[0]!), 'utf8'),
  ) as Profile;
  assert.equal(samples.length, timeDeltas.length);
  const known = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  assert.ok(samples.every((id) => known.has(id)));
  const busy = samples.filter((id) => known.get(id) === 'buildReport').length;
  assert.ok(busy > 50, `${busy} of ${samples.length} samples`);
});

test('cluster: each worker has its own address, file and incidents', async (t) => {
  const program = `${buildReport}
    import cluster from 'node:cluster';
    import { createServer } from 'node:http';
    if (cluster.isPrimary) {
      const workers = [cluster.fork(), cluster.fork()];
      process.on('SIGUSR2', () => workers[0].send('block'));
      let listening = 0;
      cluster.on('listening', () => (listening += 1) === 2 && console.log('workers', workers.map((w) => w.process.pid).join()));
      process.once('SIGTERM', () => cluster.disconnect(() => console.log('down')));
    } else {
      createServer((request, response) => response.end('hello')).listen(0, '127.0.0.1');
      process.on('message', (text) => text === 'block' && buildReport());
    }`;
  const child = startChild(t, { program });
  const pids = (await child.printed(/workers (.*)/)).split(',').map(Number);
  const folder = join(child.faultlineDirectory, 'discovery');
  const found = await until('every process has said where it listens', () => {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const files = names.map((name) => readFileSync(join(folder, name), 'utf8'));
    return (
      files.length === 3 &&
      files.every((text) => text.endsWith('\n')) &&
      files.map((text) => JSON.parse(text) as Discovery)
    );
  });
  assert.deepEqual(found.map(({ pid }) => pid).sort(), [child.pid, ...pids].sort());
  assert.equal(new Set(found.map(({ url }) => url)).size, 3);
  const urlOf = (pid: number): string => found.find((each) => each.pid === pid)!.url!;

  child.kill('SIGUSR2');
  const { culprit } = await verdictAt(urlOf(pids[0]!));
  assert.equal(culprit?.function, 'buildReport');
  for (const pid of [child.pid, pids[1]!]) {
    assert.deepEqual((await getJson<IncidentList>(`${urlOf(pid)}/incidents`)).incidents, []);
  }
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await child.exit;
  assert.deepEqual([code, stdout.endsWith('down\n')], [0, true], stderr);
  assert.deepEqual(complaints(child), []);
  assert.throws(() => readdirSync(folder), { code: 'ENOENT' });
});

describe("another APM's --import", () => {
  const apm = ['--import', '@opentelemetry/auto-instrumentations-node/register'];
  // CommonJS: that is what this APM instruments without a loader of its own.
  const program = `
    const { createServer } = require('node:http');
    ${buildReport}
    const server = createServer((request, response) => {
      if (request.url === '/report') buildReport();
      response.end('hello');
    }).listen(0, '127.0.0.1', () => console.log('port', server.address().port));`;

  /** Takes the spans that the APM sends. */
  async function startCollector(t: TestContext) {
    let received = 0;
    const server = createServer((request, response) => {
      if (request.url === '/v1/traces') received += 1;
      request.resume().on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received: () => received };
  }

  for (const [title, flags] of [
    ['before ours', [...apm, ...withAgent]],
    ['after ours', [...withAgent, ...apm]],
  ] as const) {
    test(`${title}: the stall is named, with the trace that the APM has made`, async (t) => {
      const collector = await startCollector(t);
      const env = {
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'none',
        OTEL_BSP_SCHEDULE_DELAY: '100',
      };
      const child = startChild(t, { program, name: 'program.cjs', flags, env });
      const url = await child.url();
      const service = `http://127.0.0.1:${await child.printed(/port (\d+)/)}`;
      const { body } = await call(`${service}/report`);
      const { culprit, request } = await verdictAt(url);
      assert.deepEqual([body, culprit?.function, request?.route], ['hello', 'buildReport', 'GET unmatched']);
      assert.match(request?.traceId ?? '', /^[0-9a-f]{32}$/);
      await until('the span has come', () => collector.received() > 0);
      assert.deepEqual(complaints(child), []);
    });
  }
});
