import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { call, getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Asked by the service, on a thread of its own; and the visitors, twenty a second. Answers 503 once it is ill. */
const outside = `
import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
const isIll = new Int32Array(workerData);
const answer = (response) => {
  response.statusCode = Atomics.load(isIll, 0) === 1 ? 503 : 200;
  response.end('{}');
};
http.createServer((request, response) => setTimeout(answer, 40, response))
  .listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
parentPort.on('message', (port) => setInterval(() => {
  http.get({ host: '127.0.0.1', port }, (response) => response.resume()).on('error', () => {});
}, 50));
`;
const start = `
import http from 'node:http';
import { Worker } from 'node:worker_threads';
const isIll = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(new URL('./outside.mjs', import.meta.url), { workerData: isIll.buffer, execArgv: [] });
const port = await new Promise((resolve) => worker.once('message', resolve));
console.log('target 127.0.0.1:' + port);
const ask = async () => {
  const signal = AbortSignal.timeout(Number(process.env.LIMIT_MS));
  const response = await fetch('http://127.0.0.1:' + port + '/prices/1?secret=1', { signal });
  await response.text();
  if (!response.ok) throw new Error(String(response.status));
};
const server = http.createServer(async (request, response) => {
  for (let attempt = 0; attempt < Number(process.env.ATTEMPTS); attempt += 1) {
    if (await ask().then(() => true, () => false)) break;
  }
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => worker.postMessage(server.address().port));
const block = (ms) => { const end = performance.now() + ms; while (performance.now() < end) Math.sqrt(end); };
process.on('SIGUSR2', () => {
  // Beginning just before the timers of the next turn, the block lets time-outs run off before any answer is read.
  if (process.env.BLOCKS === '1') setInterval(() => setImmediate(block, 400), 900);
  else Atomics.store(isIll, 0, 1);
});
`;
const learntPattern = /^faultline_dependency_storm_limit_ratio\{target="([^"]+)"\} ([\d.]+)$/m;

const incidentsOf = async (url: string): Promise<readonly Incident[]> =>
  (await getJson<IncidentList>(`${url}/incidents`)).incidents;

/** A service that has learnt what is usual, and is then broken in the way that its settings say. */
async function broken(t: TestContext, env: Readonly<Record<string, string>>) {
  const child = startChild(t, { program: start, files: { 'outside.mjs': outside }, env });
  const url = await child.url();
  const target = await child.printed(/target (\S+)/);
  const learnt = await until(
    'what is usual is learnt',
    async () => learntPattern.exec((await call(`${url}/metrics`)).body),
    60_000,
  );
  assert.equal(learnt[1], target);
  assert.ok(!(await incidentsOf(url)).some(({ kind }) => kind.startsWith('dependency-failing')));
  child.kill('SIGUSR2');
  const open = (kind: string) =>
    until(`${kind} is open`, async () => (await incidentsOf(url)).find((one) => one.kind === kind), 40_000);
  return { url, target, open };
}

// Each learns for some time what is usual: side by side, since they wait for most of it.
describe('a dependency', { concurrency: true }, () => {
  test('that answers with errors is named as failing, and no storm where nobody asks again', async (t) => {
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    const { url, target, open } = await broken(t, { ATTEMPTS: '1', LIMIT_MS: '20000' });
    const incident = await open('dependency-failing');
    assert.deepEqual([incident.target, incident.cause, incident.severity], [target, 'errors', 'critical']);
    assert.equal(incident.measurements.usualFailedRatio, 0);
    assert.ok(incident.measurements.serverErrorCalls! >= 3, JSON.stringify(incident.measurements));
    assert.ok(!JSON.stringify(incident).includes('secret'));
    assert.ok(!(await incidentsOf(url)).some(({ kind }) => kind === 'retry-storm'));
  });

  test('that is asked again at once each time it fails gets a storm, told beside the failure', async (t) => {
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    const { target, open } = await broken(t, { ATTEMPTS: '8', LIMIT_MS: '20000' });
    const [storm, failing] = await Promise.all([open('retry-storm'), open('dependency-failing')]);
    assert.deepEqual([storm.target, failing.target], [target, target]);
    assert.equal(storm.cause, 'retries');
    assert.ok(storm.measurements.multiple! > 3, JSON.stringify(storm.measurements));
  });

  test('that only seems to fail, because the own loop is blocked, is named in the verdict about the loop', async (t) => {
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    // The time-out is well beyond what an answer takes, and below the block.
    const { url } = await broken(t, { ATTEMPTS: '1', LIMIT_MS: '250', BLOCKS: '1' });
    const stall = await until(
      'the stall says what it has caused',
      async () =>
        (await incidentsOf(url)).find(({ ruledOut }) =>
          ruledOut.some(({ kind }) => kind === 'dependency-failing'),
        ),
      40_000,
    );
    const because = stall.ruledOut.find(({ kind }) => kind === 'dependency-failing')?.because ?? '';
    assert.match(
      because,
      /^[1-9]\d* calls to \S+ failed just when the own loop was late, and \d+ of \d+ beside them$/,
    );
    assert.ok(!(await incidentsOf(url)).some(({ kind }) => kind === 'dependency-failing'));
  });
});
