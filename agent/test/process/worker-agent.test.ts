import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Discovery } from '../../src/protocol/discovery.js';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import {
  agentLines,
  type Child,
  type ChildOptions,
  indexUrl,
  runChild,
  startChild,
  withAgent,
} from '../harness/child.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

const cli = fileURLToPath(new URL('../../../bin/faultline.js', import.meta.url));
const importAgent = `import { startAgent } from ${JSON.stringify(indexUrl)};\n`;
/** A worker with an agent of its own that does what it is told. */
const worker = `${importAgent}
  import { pbkdf2Sync } from 'node:crypto';
  import { parentPort } from 'node:worker_threads';
  const agent = startAgent();
  await agent.ready;
  const tasks = {
    buildReport() { for (const end = Date.now() + 900; Date.now() < end;); },
    derive() { for (const end = Date.now() + 900; Date.now() < end;) pbkdf2Sync('x', 'salt', 200_000, 64, 'sha512'); },
    leave() { parentPort.close(); },
    exit() { process.exit(3); },
    fail() { throw new Error('on purpose'); },
    async close() {
      await agent.close();
      parentPort.postMessage('closed');
    },
  };
  parentPort.on('message', (task) => tasks[task]());
  parentPort.postMessage('up');`;
/** Gives its worker one task when it is signalled, and tells how the worker ends. */
const program = (task: string) => `
  import { Worker } from 'node:worker_threads';
  const worker = new Worker(new URL('worker.mjs', import.meta.url));
  worker.on('error', ({ message }) => console.log('error', message));
  worker.on('exit', (code) => console.log('exit', code));
  worker.on('message', (text) => console.log(text));
  process.on('SIGUSR2', () => worker.postMessage('${task}'));`;

const discoveries = (child: Child): Discovery[] => {
  const folder = join(child.faultlineDirectory, 'discovery');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Discovery);
};
const start = (t: TestContext, task: string, options: Partial<ChildOptions> = {}) =>
  startChild(t, { program: program(task), files: { 'worker.mjs': worker }, ...options });

async function addresses(child: Child) {
  await child.printed(/(up)/);
  const main = await child.url();
  const found = discoveries(child).find(({ threadId }) => threadId !== 0)!;
  return { main, worker: found.url!, threadId: found.threadId };
}

const ended = (url: string): Promise<Incident> =>
  until('the stall is over', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents.find(({ measurements }) => (measurements.blockedMs ?? 0) > 500);
  });

describe('an agent in a worker', () => {
  test('watches that worker, on its own port, beside the agent of the main thread', async (t) => {
    const child = start(t, 'buildReport', { env: { FAULTLINE_PORT: '19464' } });
    const { main, worker, threadId } = await addresses(child);
    child.kill('SIGUSR2');
    await until('the worker is blocked', async () => (await call(`${worker}/healthz`)).status === 503);
    // A machine that is too busy blocks the main thread for a moment, too.
    await until('the main thread is not', async () => (await call(`${main}/healthz`)).status === 200);

    const incident = await ended(worker);
    assert.deepEqual([incident.kind, incident.culprit], ['event-loop-stall', null]);
    // Without a stack nobody knows whether it was JavaScript; on a busy machine it truly waits for a CPU.
    assert.match(incident.cause, /^(unknown|cpu-starvation|cgroup-throttling)$/);
    if (existsSync('/proc/thread-self')) {
      // The main thread is idle meanwhile: this is the worker's own time.
      const { onCpuRatio = 0, runQueueRatio = 0 } = incident.measurements;
      assert.ok(onCpuRatio + runQueueRatio > 0.5, JSON.stringify(incident.measurements));
    }
    assert.deepEqual((await getJson<IncidentList>(`${main}/incidents`)).incidents, []);

    // The counter follows the verdict with the next look.
    const body = await until('the blocked time is counted', async () => {
      const metrics = await call(`${worker}/metrics`);
      return sumOf(metrics.body, 'faultline_eventloop_blocked_seconds_total')! > 0.5 && metrics.body;
    });
    assert.ok(sumOf(body, 'nodejs_heap_size_used_bytes')! > 0);
    assert.equal(sumOf(body, 'process_resident_memory_bytes'), null, 'the process is told of once');
    const report = await getJson<{ service: { threadId: number }; blindBecause: string }>(`${worker}/report`);
    assert.equal(report.service.threadId, threadId);

    const lines = agentLines(child.stderr()).filter((line) => line.threadId === threadId);
    assert.equal(lines.filter(({ msg }) => String(msg).includes('no stack is taken')).length, 1);
    assert.deepEqual(
      lines.filter(({ msg }) => /FAULTLINE_PORT|failed/.test(String(msg))),
      [],
    );
  });

  test('names the synchronous call that holds it, without any stack', async (t) => {
    const child = start(t, 'derive');
    const { worker } = await addresses(child);
    // A machine that is too busy gives the worker no CPU, which is another verdict: it is asked again then.
    const incident = await until('the call is named', async () => {
      if ((await call(`${worker}/healthz`)).status === 200) child.kill('SIGUSR2');
      const { incidents } = await getJson<IncidentList>(`${worker}/incidents`);
      return incidents.find(({ cause }) => cause === 'sync-call');
    });
    assert.match(incident.title, /crypto\.pbkdf2Sync/);
  });

  test('does without an agent on the main thread, and is listed with its thread', async (t) => {
    const child = start(t, 'buildReport', { flags: [] });
    await child.printed(/(up)/);
    const [found] = discoveries(child);
    assert.deepEqual([found?.pid, discoveries(child).length], [child.pid, 1]);
    const environment = { ...process.env, FAULTLINE_DIR: child.faultlineDirectory };
    const list = execFileSync(process.execPath, [cli, 'ps'], { env: environment, encoding: 'utf8' });
    assert.match(
      list,
      new RegExp(`^${child.pid}\\t.* \\(worker thread ${found?.threadId}\\)\\t${found?.url}\\t`),
    );
    child.kill('SIGUSR2');
    assert.equal((await ended(found!.url!)).kind, 'event-loop-stall');
  });

  test('of which there are many have a port and a file each', async (t) => {
    const many = `
      import { Worker } from 'node:worker_threads';
      const workers = Array.from({ length: 6 }, () => new Worker(new URL('worker.mjs', import.meta.url)));
      setInterval(() => {}, 1_000);
      process.on('SIGUSR2', async () => {
        await Promise.all(workers.map((worker) => worker.terminate()));
        console.log('down');
      });
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
      console.log('up');`;
    const child = startChild(t, { program: many, files: { 'worker.mjs': worker } });
    await child.printed(/(up)/);
    await child.url();
    const urls = discoveries(child).map(({ url }) => url);
    assert.equal(new Set(urls).size, 7);
    for (const url of urls) assert.equal((await call(`${url}/healthz`)).status, 200);
    child.kill('SIGUSR2');
    await child.printed(/(down)/);
    assert.deepEqual(
      discoveries(child).map(({ threadId }) => threadId),
      [0],
    );
  });
});

describe('the worker ends as without an agent, and takes everything with it', () => {
  /** Threads of the process and files of its agents, when the worker is gone. */
  const look = `
    import { readdirSync, existsSync } from 'node:fs';
    const folder = process.env.FAULTLINE_DIR + '/discovery';
    const look = () => [
      existsSync('/proc/self/task') ? readdirSync('/proc/self/task').length : 0,
      existsSync(folder) ? readdirSync(folder).length : 0,
    ].join();`;
  const once = (how: string) => `${look}
    import { Worker } from 'node:worker_threads';
    const run = () => new Promise((resolve) => {
      const worker = new Worker(new URL('worker.mjs', import.meta.url));
      worker.on('message', () => { ${how} });
      worker.on('error', ({ message }) => console.log('error', message));
      worker.on('exit', (code) => { console.log('exit', code); resolve(); });
    });
    await run();
    const after = look();
    await run();
    console.log(after === look(), after.split(',')[1]);`;
  const ways: readonly [string, string, string][] = [
    ['by itself', `worker.postMessage('leave');`, 'exit 0\n'],
    ['by process.exit()', `worker.postMessage('exit');`, 'exit 3\n'],
    ['by an exception', `worker.postMessage('fail');`, 'error on purpose\nexit 1\n'],
    ['when it is terminated', `worker.terminate();`, 'exit 1\n'],
    [
      'when it is terminated while it is blocked',
      `worker.postMessage('buildReport'); setTimeout(() => worker.terminate(), 400);`,
      'exit 1\n',
    ],
  ];
  for (const [title, how, said] of ways) {
    for (const [beside, flags] of [
      ['', []],
      [' beside that of the main thread', withAgent],
    ] as const) {
      test(`${title}${beside}`, async (t) => {
        const child = startChild(t, { program: once(how), files: { 'worker.mjs': worker }, flags });
        const { code, stdout, stderr } = await child.exit;
        const files = flags.length === 0 ? 0 : 1;
        assert.deepEqual([code, stdout], [0, `${said}${said}true ${files}\n`], stderr);
        assert.doesNotMatch(stderr, /Waiting for the debugger|sidecar thread ended/);
      });
    }
  }

  test('with the process, when that exits while the worker is blocked', async (t) => {
    const leaving = `
      import { Worker } from 'node:worker_threads';
      const worker = new Worker(new URL('worker.mjs', import.meta.url));
      worker.on('message', () => { worker.postMessage('buildReport'); setTimeout(() => process.exit(7), 400); });`;
    for (const flags of [[], withAgent]) {
      const child = startChild(t, { program: leaving, files: { 'worker.mjs': worker }, flags });
      const { code, signal, stderr } = await child.exit;
      assert.deepEqual([code, signal], [7, null], stderr);
      assert.doesNotMatch(stderr, /Waiting for the debugger|sidecar thread ended/);
      const folder = join(child.faultlineDirectory, 'discovery');
      assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
    }
  });
});

test('close() in a worker leaves its thread as it was, and another start is possible', async (t) => {
  const closing = `${importAgent}
    import { existsSync } from 'node:fs';
    import { isMainThread, Worker } from 'node:worker_threads';
    if (isMainThread) new Worker(new URL(import.meta.url));
    else {
      const look = () => JSON.stringify({
        globals: Object.getOwnPropertyNames(globalThis).sort(),
        listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
        resources: process.getActiveResourcesInfo().filter((type) => type !== 'Immediate').sort(),
      });
      // What the start of the worker itself has opened is closed by then.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const before = look();
      for (let turn = 0; turn < 2; turn += 1) {
        const agent = startAgent();
        console.log(startAgent() === agent);
        await agent.ready;
        console.log(/^http/.test(agent.url));
        await agent.close();
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      console.log(look() === before || look() + before, existsSync(process.env.FAULTLINE_DIR));
    }`;
  const { code, stdout, stderr } = await runChild(t, { program: closing, flags: [] });
  assert.deepEqual([code, stdout], [0, 'true\ntrue\ntrue\ntrue\ntrue false\n'], stderr);
});

test('a bad option throws in the worker, and has started nothing', async (t) => {
  const bad = `${importAgent}
    import { isMainThread, Worker } from 'node:worker_threads';
    if (isMainThread) new Worker(new URL(import.meta.url));
    else try { startAgent({ stallMs: 1 }); } catch (error) { console.log(error.code); }`;
  const { code, stdout, stderr } = await runChild(t, { program: bad, flags: [] });
  assert.deepEqual([code, stdout, stderr], [0, 'ERR_FAULTLINE_CONFIG\n', '']);
});
