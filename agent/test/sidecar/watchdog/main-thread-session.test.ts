import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { openHeartbeat } from '../../../src/protocol/heartbeat.js';

const url = (path: string) => new URL(`../../../src/${path}.js`, import.meta.url).href;
const limitMs = 20_000;

/** Talks to this thread from a worker, in the way that is named, and tells what came of it. Like the sidecar, the worker
 *  lives until it is told to end: Node 24 and 26 abort when a worker ends while the main thread still clears up after
 *  its session. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
Promise.all([import(workerData.heartbeat), import(workerData.sessions)]).then(async ([{ openHeartbeat }, { createMainThreadSessions }]) => {
  const sessions = createMainThreadSessions(openHeartbeat(workerData.buffer));
  const ways = {
    answer: (session, finish) => session.post('Runtime.evaluate', { expression: '6 * 7' }, (error, reply) => finish(reply.result.value)),
    twice: (session, finish) => { finish('once'); finish('twice'); },
    closed: (session, finish) => { session.post('Runtime.evaluate', { expression: '1' }, () => finish('late')); sessions.close(); },
    throws: () => { throw new Error('no talk'); },
  };
  parentPort.on('message', () => parentPort.close());
  parentPort.postMessage(await sessions.open(ways[workerData.way]).catch((error) => error.message));
});`;

const cases = [
  ['answer', 42],
  ['twice', 'once'],
  ['closed', null],
  ['throws', 'no talk'],
] as const;
for (const [way, expected] of cases) {
  test(`a session is closed, and counted as closed once, after a talk that ends with: ${way}`, async () => {
    const heartbeat = openHeartbeat();
    const workerData = {
      way,
      buffer: heartbeat.buffer,
      heartbeat: url('protocol/heartbeat'),
      sessions: url('sidecar/watchdog/main-thread-session'),
    };
    const worker = new Worker(program, { eval: true, workerData, execArgv: [] });
    const answer = await new Promise((resolve) => worker.once('message', resolve));
    assert.equal(answer, expected);
    // One that is open still counts: more closed ones than open ones would hide it.
    heartbeat.setSessionOpen(true);
    const startedMs = performance.now();
    heartbeat.releaseForExit(30);
    const waitedMs = performance.now() - startedMs;
    assert.ok(waitedMs >= 25 && waitedMs < limitMs, `${waitedMs} ms`);
    await new Promise((resolve) => setImmediate(resolve));
    const ended = once(worker, 'exit');
    worker.postMessage('end');
    await ended;
  });
}
