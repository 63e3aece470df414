import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Four servers on a thread of their own: quick, slow, with an answer that is too large to be read by itself, twice. */
const upstream = `
import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';
const answers = [
  (response) => setTimeout(() => response.end('{}'), 20),
  (response) => setTimeout(() => response.end('{}'), 3_000),
  (response) => response.end(Buffer.alloc(20_000_000)),
  (response) => response.end(Buffer.alloc(20_000_000)),
];
const ports = await Promise.all(answers.map((answer) => new Promise((resolve) => {
  createServer((request, response) => answer(response)).listen(0, '127.0.0.1', function () { resolve(this.address().port); });
})));
parentPort.postMessage(ports);
`;
const task = `module.exports = () => new Promise((resolve) => setTimeout(resolve, 20));`;
/** Pools of which each has too little to give, in one way or another. Nobody tells the agent of them. */
const program = `
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import genericPool from 'generic-pool';
import { Piscina } from 'piscina';
import { Pool as TarnPool } from 'tarn';
import { Pool as UndiciPool } from 'undici';

const worker = new Worker(new URL('./upstream.mjs', import.meta.url), { execArgv: [] });
const [quick, slow, unread, unreadByUndici] = await new Promise((resolve) => worker.once('message', resolve));
// The classes are found some time after they were loaded, all at once; that of undici inherits this method otherwise.
while (!Object.hasOwn(UndiciPool.prototype, 'dispatch')) await new Promise((resolve) => setTimeout(resolve, 50));

const again = async (ask) => { for (;;) await ask(); };
const times = (count, work) => { for (let index = 0; index < count; index += 1) work(); };

const generic = genericPool.createPool({ create: async () => ({}), destroy: async () => {} }, { max: 2 });
const keepResource = async () => await generic.acquire();
times(4, keepResource);

const idle = { host: 'db', port: 5432, database: 'shop', _activeQuery: null, _queryQueue: [] };
const tarn = new TarnPool({ create: async () => ({ ...idle }), destroy() {}, min: 0, max: 2, acquireTimeoutMillis: 600_000 });
const keepConnection = async () => await tarn.acquire().promise;
times(4, keepConnection);

const agents = [1, 1, 2].map((maxSockets) => new Agent({ keepAlive: true, maxSockets }));
const ask = (port, agent) => new Promise((resolve) => {
  get({ host: '127.0.0.1', port, agent }, (response) => response.resume().once('end', resolve));
});
times(8, () => again(() => ask(quick, agents[0])));
times(4, () => again(() => ask(slow, agents[1])));
times(4, () => get({ host: '127.0.0.1', port: unread, agent: agents[2] }, () => {}));

const undici = new UndiciPool('http://127.0.0.1:' + unreadByUndici, { connections: 2 });
times(4, () => undici.request({ path: '/', method: 'GET' }));

const threads = new Piscina({ filename: fileURLToPath(new URL('./task.cjs', import.meta.url)), minThreads: 1, maxThreads: 1 });
times(6, () => again(() => threads.run(0)));
console.log('undici at ' + unreadByUndici);
`;

const poolOf = ({ title }: Incident): string => /^Pool (\S+)/.exec(title)?.[1] ?? title;

test('pools of every library that have nothing to give are found and told apart by their cause', async (t) => {
  const reason = crowded();
  if (reason !== null) return t.skip(reason);
  const child = startChild(t, { program, files: { 'upstream.mjs': upstream, 'task.cjs': task } });
  const url = await child.url();
  const port = await child.printed(/undici at (\d+)/);
  const expected = {
    'generic-pool': 'unknown',
    tarn: 'connections-held',
    'http.Agent': 'pool-too-small',
    'http.Agent#3': 'connections-held',
    [`undici:127.0.0.1:${port}`]: 'connections-held',
    'piscina:task.cjs': 'pool-too-small',
  };
  let kinds: readonly string[] = [];
  const exhausted = async (): Promise<readonly Incident[]> => {
    const all = (await getJson<IncidentList>(`${url}/incidents`)).incidents;
    kinds = all.map(({ kind, title }) => `${kind}: ${title}`);
    return all.filter(({ kind }) => kind === 'pool-exhausted');
  };
  const everyPool = async (): Promise<readonly Incident[] | false> => {
    const found = await exhausted();
    return Object.keys(expected).every((name) => found.some((each) => poolOf(each) === name)) && found;
  };
  const incidents = await until('every pool has its incident', everyPool, 60_000).catch(() => null);
  if (incidents === null) {
    // Others may have come since: a process without a CPU judges no pool.
    const since = crowded();
    if (since !== null) return t.skip(since);
    throw new assert.AssertionError({ message: `only these incidents: ${kinds.join('; ')}` });
  }
  // The one that waits for a slow server is missing: that is no fault of the pool.
  assert.deepEqual(Object.fromEntries(incidents.map((each) => [poolOf(each), each.cause])), expected);
  const culprits = incidents.map(({ culprit }) => (culprit?.type === 'pool' ? culprit : null));
  for (const [library, line] of [
    ['generic-pool', 'keepResource'],
    ['tarn', 'keepConnection'],
  ]) {
    const culprit = culprits.find((each) => each?.library === library);
    assert.deepEqual([culprit?.function, culprit?.holders.length], [line, 2]);
  }
});
