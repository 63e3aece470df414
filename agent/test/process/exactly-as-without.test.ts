import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type Child, type ChildOptions, type Exit, startChild, withAgent } from '../harness/child.js';

type Scenario = Omit<ChildOptions, 'flags'> & {
  readonly act?: (child: Child) => Promise<void>;
  /** Flags of Node itself, with and without the agent. */
  readonly nodeFlags?: readonly string[];
};

function start(t: TestContext, scenario: Scenario, agentFlags: readonly string[]): Promise<Exit> {
  const { act, env, nodeFlags = [], ...options } = scenario;
  const flags = [...nodeFlags, ...agentFlags];
  const child = startChild(t, { ...options, flags, env: { FAULTLINE_LOG: 'silent', ...env } });
  return Promise.resolve(act?.(child)).then(() => child.exit);
}

/** Runs the scenario with and without the agent. Process ids and addresses differ from run to run. */
async function checkSame(t: TestContext, scenario: Scenario): Promise<Exit> {
  const [without, withIt] = await Promise.all([start(t, scenario, []), start(t, scenario, withAgent)]);
  const comparable = ({ stderr, ...exit }: Exit) => ({
    ...exit,
    stderr: stderr
      .replaceAll(/faultline-test-\w+/g, 'DIRECTORY')
      .replaceAll(/\(node:\d+\)/g, '(node:PID)')
      .replaceAll(/ws:\S+/g, 'ADDRESS'),
  });
  assert.deepEqual(comparable(withIt), comparable(without));
  return withIt;
}

const signal = (name: NodeJS.Signals) => async (child: Child) => {
  await child.printed(/(ready)/);
  child.kill(name);
};
const waiting = `setInterval(() => {}, 1_000); setTimeout(() => console.log('ready'), 300);`;

const crowdedEmitters = `
  import { EventEmitter } from 'node:events';
  const emitter = new EventEmitter();
  const { signal } = new AbortController();
  for (let n = 0; n < 20; n += 1) { emitter.on('x', () => {}); signal.addEventListener('abort', () => {}); }
  process.on('warning', ({ name, message }) => console.log(name, message));
  setTimeout(() => {}, 1_500);`;

describe('exits as without the agent', () => {
  const programs: readonly [string, Scenario, Partial<Exit>][] = [
    ['at once', { program: 'process.exit(7);' }, { code: 7 }],
    ['after a while', { program: `setTimeout(() => process.exit(7), 400);` }, { code: 7 }],
    ['when there is nothing left to do', { program: `console.log('done');` }, { code: 0, stdout: 'done\n' }],
    [
      'when there is nothing left to do after a while',
      { program: `setTimeout(() => console.log('done'), 1_200);` },
      { code: 0, stdout: 'done\n' },
    ],
    ['with process.exitCode', { program: `process.exitCode = 9; setTimeout(() => {}, 300);` }, { code: 9 }],
    [
      'when its exit handlers have run, in order',
      {
        program: `
          process.on('beforeExit', (code) => console.log('beforeExit', code));
          process.on('exit', (code) => { console.log('exit', code); process.exitCode = 4; });
          process.prependListener('exit', () => console.log('first'));`,
      },
      { code: 4, stdout: 'beforeExit 0\nfirst\nexit 0\n' },
    ],
    [
      'on an exception that nobody catches',
      { program: `setTimeout(() => { throw new Error('uncaught on purpose'); }, 300);` },
      { code: 1 },
    ],
    ['on an exception at the start', { program: `throw new Error('uncaught on purpose');` }, { code: 1 }],
    [
      'on a rejection that nobody handles',
      { program: `setTimeout(() => Promise.reject(new Error('unhandled on purpose')), 300);` },
      { code: 1 },
    ],
    [
      'and goes on after an exception that is handled',
      {
        program: `
          process.on('uncaughtException', (error, origin) => console.log(origin, error.message));
          process.on('unhandledRejection', (reason) => console.log('rejection', reason));
          Promise.reject(1);
          setTimeout(() => { throw new Error('on purpose'); }, 200);
          setTimeout(() => console.log('goes on'), 300);`,
      },
      { code: 0, stdout: 'rejection 1\nuncaughtException on purpose\ngoes on\n' },
    ],
    [
      'with its warnings',
      { program: `process.emitWarning('watch out', 'MyWarning'); setTimeout(() => {}, 300);` },
      { code: 0 },
    ],
    ['with the warnings of emitters with too many listeners', { program: crowdedEmitters }, { code: 0 }],
    [
      'with the stacks of these warnings',
      { program: crowdedEmitters, nodeFlags: ['--trace-warnings'] },
      { code: 0 },
    ],
    ['without these warnings', { program: crowdedEmitters, nodeFlags: ['--no-warnings'] }, { code: 0 }],
    [
      'when it waits for a promise that never settles',
      { program: `setTimeout(() => {}, 200); await new Promise(() => {});` },
      { code: 13 },
    ],
  ];
  for (const [title, scenario, expected] of programs) {
    test(title, async (t) => {
      const exit = await checkSame(t, scenario);
      assert.deepEqual({ ...exit, ...expected }, exit);
    });
  }
});

describe('ends by a signal as without the agent', () => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
    test(`${name} when it does not listen`, async (t) => {
      const exit = await checkSame(t, { program: waiting, act: signal(name) });
      assert.deepEqual([exit.code, exit.signal], [null, name]);
    });
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    test(`${name} when it shuts down itself`, async (t) => {
      const program = `
        const timer = setInterval(() => {}, 1_000);
        process.once('${name}', () => { console.log('closing'); clearInterval(timer); });
        setTimeout(() => console.log('ready'), 300);`;
      const exit = await checkSame(t, { program, act: signal(name) });
      assert.deepEqual([exit.code, exit.signal, exit.stdout], [0, null, 'ready\nclosing\n']);
    });
  }
});

describe('does and says the same as without the agent under', () => {
  const nodeMajor = Number(process.versions.node.split('.')[0]);
  const permission = nodeMajor >= 24 ? '--permission' : '--experimental-permission';
  const everything = ['--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker', '--allow-child-process'];
  if (nodeMajor >= 25) everything.push('--allow-net', '--allow-inspector');
  /** Blocks, computes, prints, and ends with a code of its own. */
  const program = `
    import { execFileSync } from 'node:child_process';
    import { readFileSync } from 'node:fs';
    class Price { static of(cents) { return Object.assign(new Price(), { cents }); } }
    setTimeout(function work() {
      for (const end = Date.now() + 400; Date.now() < end;);
      console.log(JSON.stringify(Price.of(7)), readFileSync(process.argv[1], 'utf8').length > 0);
      console.error(String(execFileSync(process.execPath, ['--version'], { env: {} })).startsWith('v'));
      process.exitCode = 5;
    }, 400);
    setTimeout(() => {}, 1_000);`;
  for (const nodeFlags of [
    ['--disable-proto=delete'],
    ['--disable-proto=throw'],
    ['--frozen-intrinsics'],
    ['--cpu-prof'],
    ['--inspect=127.0.0.1:0'],
    [permission, ...everything],
  ]) {
    test(nodeFlags[0]!, async (t) => {
      const { code, stdout } = await checkSame(t, { program, nodeFlags });
      assert.deepEqual([code, stdout], [5, '{"cents":7} true\n']);
    });
  }
});

test('adds no listener to the process but one that cleans up at exit and one that hears warnings', async (t) => {
  const program = `
    const events = ['uncaughtException', 'unhandledRejection', 'rejectionHandled', 'beforeExit',
      'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'message', 'disconnect', 'multipleResolves'];
    setTimeout(() => {
      console.log(events.map((event) => process.listenerCount(event)).join());
      console.error(process.listenerCount('exit') + process.listenerCount('warning'));
    }, 1_500);`;
  const [without, withIt] = await Promise.all([start(t, { program }, []), start(t, { program }, withAgent)]);
  assert.equal(withIt.stdout, without.stdout);
  assert.ok(Number(withIt.stderr) - Number(without.stderr) <= 2, withIt.stderr);
});

test('prints nothing and keeps nothing alive when it is silent', async (t) => {
  const exit = await checkSame(t, { program: '' });
  assert.deepEqual(exit, { code: 0, signal: null, stdout: '', stderr: '' });
});
