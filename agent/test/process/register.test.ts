import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  agentLines,
  type ChildOptions,
  registerUrl,
  runChild,
  startChild,
  withAgent,
} from '../harness/child.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

const registerPath = fileURLToPath(registerUrl);
const stays = `setInterval(() => {}, 1_000);`;
const watches = (stderr: string) =>
  agentLines(stderr).filter(({ msg }) => String(msg).startsWith('Faultline watches'));

describe('starts the agent', () => {
  const ways: readonly [string, ChildOptions][] = [
    ['for an ES module by --import', { program: stays, flags: ['--import', registerUrl] }],
    ['for CommonJS by --import', { program: stays, name: 'program.cjs', flags: ['--import', registerUrl] }],
    ['for CommonJS by -r', { program: stays, name: 'program.cjs', flags: ['-r', registerPath] }],
    ['for an ES module by -r', { program: stays, flags: ['-r', registerPath] }],
    ['by NODE_OPTIONS', { program: stays, flags: [], env: { NODE_OPTIONS: `--import ${registerUrl}` } }],
    [
      'once when it is loaded twice',
      { program: stays, flags: ['--import', registerUrl, '-r', registerPath] },
    ],
  ];
  for (const [title, options] of ways) {
    test(`${title}, and prints one line`, async (t) => {
      const child = startChild(t, options);
      const url = await child.url();
      assert.equal((await call(`${url}/healthz`)).status, 200);
      await until('it has said so', () => watches(child.stderr()).length > 0);
      const lines = child.stderr().trim().split('\n');
      assert.equal(lines.length, 1, child.stderr());
      assert.equal(agentLines(child.stderr())[0]?.url, url);
      assert.equal(child.stdout(), '');
    });
  }
});

describe('workers of the program', () => {
  for (const [title, options] of [
    ['by --import', { flags: withAgent }],
    ['by NODE_OPTIONS', { flags: [], env: { NODE_OPTIONS: `--import ${registerUrl}` } }],
  ] as const) {
    test(`get no agent of their own: ${title}`, async (t) => {
      const program = `
        import { isMainThread, parentPort, Worker } from 'node:worker_threads';
        const answer = (worker) => new Promise((resolve) => worker.on('message', resolve));
        const text = "require('node:worker_threads').parentPort.postMessage('text')";
        async function start() {
          const workers = [new Worker(new URL(import.meta.url)), new Worker(text, { eval: true })];
          console.log('workers', (await Promise.all(workers.map(answer))).join());
        }
        if (isMainThread) {
          process.once('SIGTERM', () => process.exit(0));
          setInterval(() => {}, 1_000);
          start();
        } else parentPort.postMessage('file');`;
      const child = startChild(t, { ...options, program });
      await child.printed(/(workers)/);
      await until('the agent watches', () => watches(child.stderr()).length > 0);
      // An agent of a worker would have said so by then.
      await delay(1_000);
      child.kill('SIGTERM');
      const { code, stdout, stderr } = await child.exit;
      assert.deepEqual([code, stdout], [0, 'workers file,text\n'], stderr);
      assert.equal(watches(stderr).length, 1, stderr);
    });
  }
});

test("the agent's own thread loads nothing that the program loads before itself", async (t) => {
  const preload = `import { threadId } from 'node:worker_threads'; console.log('thread', threadId);`;
  const program = `process.once('SIGTERM', () => process.exit(0)); ${stays}`;
  for (const options of [
    { flags: ['--import', './preload.mjs', ...withAgent] },
    { flags: [], env: { NODE_OPTIONS: `--import ./preload.mjs --import ${registerUrl}` } },
  ]) {
    const child = startChild(t, { ...options, program, files: { 'preload.mjs': preload } });
    await child.url();
    await until('the agent watches', () => watches(child.stderr()).length > 0);
    child.kill('SIGTERM');
    const { stdout, stderr } = await child.exit;
    assert.equal(stdout, 'thread 0\n', stderr);
    assert.equal(watches(stderr).length, 1);
  }
});

describe('a bad setting', () => {
  const settings: readonly [string, string, string][] = [
    ['FAULTLINE_PORT', '70000', 'an integer from 0 to 65535, or "off"; got "70000"'],
    ['FAULTLINE_STALL_MS', '5', 'an integer from 20 to 60000; got "5"'],
    [
      'FAULTLINE_TOKEN',
      'short',
      '16 to 512 visible ASCII characters without spaces; got a text of 5 characters',
    ],
  ];
  for (const [variable, value, rest] of settings) {
    test(`${variable}=${value} ends the program with one line that says what to do`, async (t) => {
      const child = startChild(t, { program: `console.log('started');`, env: { [variable]: value } });
      const { code, signal, stdout, stderr } = await child.exit;
      assert.deepEqual([code, signal, stdout], [2, null, '']);
      assert.equal(stderr, `faultline: ${variable} must be ${rest}.\n`);
      assert.equal(existsSync(child.faultlineDirectory), false);
    });
  }
});

test('leaves nothing in its directory when the program ends', async (t) => {
  const child = startChild(t, { program: `process.once('SIGTERM', () => process.exit(0)); ${stays}` });
  await child.url();
  child.kill('SIGTERM');
  assert.equal((await child.exit).code, 0);
  assert.equal(existsSync(child.faultlineDirectory), false);
});

test('what a killed program left is swept by the next one', async (t) => {
  const killed = startChild(t, { program: stays });
  await killed.url();
  killed.kill('SIGKILL');
  await killed.exit;
  const env = { FAULTLINE_DIR: killed.faultlineDirectory };
  const next = startChild(t, { program: stays, env });
  await until(
    'the next agent is there',
    () => readdirSync(`${killed.faultlineDirectory}/discovery`).join() === `${next.pid}.json`,
  );
});

test('loads nothing into the service that it does not use itself', async (t) => {
  // An import of node:http, or of a package that imports it, would load undici and cost more than 10 MB.
  const program = `setTimeout(() => console.log(process.moduleLoadList.filter((name) => /undici/.test(name))), 1_200);`;
  const { stdout, stderr } = await runChild(t, { program });
  assert.equal(stdout, '[]\n', stderr);
});

test('every process of a cluster has an agent of its own', async (t) => {
  const program = `
    import cluster from 'node:cluster';
    if (cluster.isPrimary) { cluster.fork(); cluster.fork(); }
    setInterval(() => {}, 1_000);`;
  const child = startChild(t, { program, env: { FAULTLINE_PORT: '0' } });
  const folder = `${child.faultlineDirectory}/discovery`;
  await until('three agents are there', () => existsSync(folder) && readdirSync(folder).length === 3);
  child.kill('SIGTERM');
  await child.exit;
});

test('starts in a directory that has been deleted', async (t) => {
  const program = `
    import { mkdirSync, rmdirSync } from 'node:fs';
    mkdirSync('gone');
    process.chdir('gone');
    rmdirSync('../gone');
    const { startAgent } = await import(${JSON.stringify(registerUrl.replace('register.js', 'index.js'))});
    const agent = startAgent();
    console.log('started');
    await agent.close();`;
  const { code, stdout, stderr } = await runChild(t, { program, flags: [] });
  assert.deepEqual([code, stdout], [0, 'started\n'], stderr);
});

test('watches the pools of pg that the program uses', async (t) => {
  const program = `
    import pg from 'pg';
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1, database: 'shop', max: 7 });
    setInterval(() => pool.query('select 1').catch(() => {}), 100);`;
  const child = startChild(t, { program });
  const url = await child.url();
  const text = await until('the pool is found', async () => {
    const { body } = await call(`${url}/metrics`);
    return sumOf(body, 'db_client_connection_max') !== null && body;
  });
  assert.equal(sumOf(text, 'db_client_connection_max', '"127.0.0.1:1/shop"'), 7);
  assert.equal(sumOf(text, 'db_client_connection_count'), 0);
});

test('does without OpenTelemetry where the program has none', async (t) => {
  const program = `
    import { createServer } from 'node:http';
    import Module from 'node:module';
    const find = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => {
      if (name.startsWith('@opentelemetry/')) throw Object.assign(new Error('gone'), { code: 'MODULE_NOT_FOUND' });
      return find(name, ...rest);
    };
    const { startAgent } = await import(${JSON.stringify(registerUrl.replace('register.js', 'index.js'))});
    const agent = startAgent();
    const server = createServer((request, response) => response.end()).listen(0, '127.0.0.1');`;
  const child = startChild(t, { program, flags: [] });
  const url = await child.url();
  const { snapshot } = await until('it has numbers', async () => {
    const report = await getJson<{ snapshot: { errors: Record<string, number> } | null }>(`${url}/report`);
    return report.snapshot !== null && { snapshot: report.snapshot };
  });
  assert.deepEqual(new Set(Object.values(snapshot.errors)), new Set([0]));
});
