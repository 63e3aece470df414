import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { call, getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Answers on a thread of its own, after as many ms as its shared memory says. */
const upstream = `
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
const delay = new Int32Array(workerData);
createServer((request, response) => setTimeout(() => response.end('{}'), Atomics.load(delay, 0)))
  .listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
`;
const start = `
import http from 'node:http';
import { Worker } from 'node:worker_threads';
const delay = new Int32Array(new SharedArrayBuffer(4));
Atomics.store(delay, 0, Number(process.env.USUAL_MS));
const worker = new Worker(new URL('./upstream.mjs', import.meta.url), { workerData: delay.buffer, execArgv: [] });
const port = await new Promise((resolve) => worker.once('message', resolve));
console.log('target 127.0.0.1:' + port);
const url = 'http://127.0.0.1:' + port + '/prices/1?secret=1';
const agent = new http.Agent({ keepAlive: true });
const clients = {
  http: () => http.get(url, { agent }, (response) => response.resume()).on('error', () => {}),
  fetch: () => fetch(url).then((response) => response.text()).catch(() => {}),
};
process.on('SIGUSR2', () => Atomics.store(delay, 0, Number(process.env.SLOW_MS)));
setInterval(clients[process.env.CLIENT], 50);
`;
const blocking = `
const block = (ms) => { const end = performance.now() + ms; while (performance.now() < end) Math.sqrt(end); };
process.on('SIGUSR2', () => setInterval(() => block(400), 900));
`;
const limitPattern = /^faultline_dependency_slow_limit_seconds\{target="([^"]+)"\} ([\d.]+)$/m;

const incidentsOf = async (url: string): Promise<readonly Incident[]> =>
  (await getJson<IncidentList>(`${url}/incidents`)).incidents;

// Each learns for some time what is usual: side by side, since they wait for most of it.
describe('a dependency', { concurrency: true }, () => {
  for (const client of ['http', 'fetch']) {
    test(`a service that answers ${client} late is named as slow, with its target and its usual time`, async (t) => {
      const reason = crowded();
      if (reason !== null) return t.skip(reason);
      const child = startChild(t, {
        program: start,
        files: { 'upstream.mjs': upstream },
        env: { CLIENT: client, USUAL_MS: '0', SLOW_MS: '400' },
      });
      const url = await child.url();
      const target = await child.printed(/target (\S+)/);
      const learnt = await until(
        'the usual time is learnt',
        async () => limitPattern.exec((await call(`${url}/metrics`)).body),
        60_000,
      );
      assert.deepEqual(learnt.slice(1), [target, '0.1']);
      assert.deepEqual(await incidentsOf(url), []);
      child.kill('SIGUSR2');
      const incident = await until(
        'the incident is open',
        async () => (await incidentsOf(url)).find(({ kind }) => kind === 'dependency-slow'),
        40_000,
      );
      assert.equal(incident.target, target);
      assert.equal(incident.cause, 'latency');
      assert.ok(incident.measurements.p50Ms! >= 250, JSON.stringify(incident.measurements));
      assert.ok(incident.measurements.usualP95Ms! < 100, JSON.stringify(incident.measurements));
      assert.ok(!JSON.stringify(incident).includes('secret'));
    });
  }

  test('a loop that is blocked again and again does not make a healthy service look slow, and says so', async (t) => {
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    const child = startChild(t, {
      program: start + blocking,
      files: { 'upstream.mjs': upstream },
      // Most of its answers come while the loop is blocked.
      env: { CLIENT: 'http', USUAL_MS: '40' },
    });
    const url = await child.url();
    await until(
      'the usual time is learnt',
      async () => limitPattern.exec((await call(`${url}/metrics`)).body),
      60_000,
    );
    child.kill('SIGUSR2');
    let because = '';
    await until(
      'the stall rules the dependency out by its own delay',
      async () => {
        const stall = (await incidentsOf(url)).find(({ kind }) => kind === 'event-loop-stall');
        because = stall?.ruledOut.find(({ kind }) => kind === 'dependency-slow')?.because ?? '';
        const isTakenOff = /answered within \d+ ms \(p95 of \d+ calls\), [1-9]\d* ms of own delay taken off/;
        return stall !== undefined && stall.occurrences >= 8 && isTakenOff.test(because);
      },
      40_000,
    ).catch((error) => assert.fail(`${error.message} It says: ${because}`));
    const kinds = new Set((await incidentsOf(url)).map(({ kind }) => kind));
    assert.ok(!kinds.has('dependency-slow'), [...kinds].join());
  });
});
