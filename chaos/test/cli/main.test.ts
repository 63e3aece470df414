import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeRoot, type FakeRoot, fakeDrill } from '../harness/drill/fake-root.js';
import { startCli } from '../harness/drill/start-cli.js';

const demoPid = (root: FakeRoot) => Number(/^pid (\d+)$/m.exec(root.read('demo.log'))?.[1]);
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const journalOf = (root: FakeRoot) => {
  const name = root.list('journals').find((file) => file.endsWith('.json'));
  return JSON.parse(root.read(`journals/${name}`));
};

describe('the command line', { concurrency: 4 }, () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} in the middle of a drill undoes everything and leaves nothing behind`, async (t) => {
      const root = createFakeRoot(t);
      root.write('drills/broken.yaml', fakeDrill.replace('withinSeconds: 20', 'withinSeconds: 90'));
      const cli = startCli(root, ['run', 'broken', '--json', '--no-prometheus'], { noIncident: true });
      await cli.untilStderr('took hold');
      cli.child.kill(signal);
      const end = await cli.ended;
      assert.equal(end.code, code, end.stderr);
      assert.match(root.read('demo.log'), /fault started with size 3\nfault stopped\nswitch-on\nstopped\n$/);
      assert.equal(isAlive(demoPid(root)), false, 'the demo has gone');
      assert.deepEqual(root.list('temp'), [], 'neither lock nor temporary files are left');
      assert.equal(JSON.parse(end.stdout).status, 'interrupted');
      assert.equal(journalOf(root).status, 'interrupted');
    });
  }

  test('prints only JSON on stdout, and writes a journal without secrets', async (t) => {
    const root = createFakeRoot(t);
    const end = await startCli(root, ['run', 'broken', '--json', '--seed', '42', '--no-prometheus']).ended;
    assert.equal(end.code, 0, end.stderr);
    const result = JSON.parse(end.stdout);
    assert.equal(result.drill, 'broken');
    assert.equal(result.seed, 42);
    assert.match(result.journal, /^journals\/broken-.*\.json$/);
    assert.match(end.stderr, /\d\.\ds {2}✔ the fault is gone/);
    assert.deepEqual(
      root
        .list('journals')
        .map((file) => file.split('.').at(-1))
        .sort(),
      ['html', 'json', 'md'],
    );
    for (const file of root.list('journals')) {
      assert.doesNotMatch(root.read(`journals/${file}`), /chaos-secret|admin-secret/);
    }
    assert.deepEqual(root.list('temp'), []);
  });

  test('the matrix shows each fault against what it opened, and fails off the diagonal', async (t) => {
    const root = createFakeRoot(t);
    const end = await startCli(root, ['matrix', '--no-prometheus'], { unexpected: true }).ended;
    assert.equal(end.code, 1);
    assert.match(
      end.stdout,
      /^drill +fault +event-loop-stall +outcome\nbroken +fake-fault +\[2\] +NOT PASSED/,
    );
    assert.match(end.stdout, /✖ unexpected incident/);
  });

  const quick: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['lists the drills', ['list'], 0, /^broken {2}Something is broken\n$/],
    ['explains itself', ['--help'], 0, /Usage: faultline-drill <command>/],
    ['says what a dry run would do', ['run', 'broken', '--dry-run'], 0, /inject fake-fault \{"size":3\}/],
    ['refuses an unknown drill', ['run', 'nope'], 2, /^No drill "nope"\. Known drills: broken\.\n$/],
    [
      'refuses an unknown command',
      ['break'],
      2,
      /^There is no command "break"; there are list, .*See --help/,
    ],
    ['refuses a missing command', [], 2, /^A command is missing; there are list, /],
    ['refuses a missing id', ['run'], 2, /^run needs the id of a drill/],
    ['refuses a second id', ['run', 'a', 'b'], 2, /^run does not take "b"/],
    ['refuses an unknown flag', ['run', 'broken', '--fast'], 2, /--fast/],
    ['refuses a flag of another command', ['list', '--seed', '1'], 2, /^list does not take --seed/],
    ['refuses a wrong seed', ['run', 'broken', '--seed', '-1'], 2, /--seed/],
    ['refuses an empty target', ['run', 'broken', '--target='], 2, /^--target must not be empty/],
  ];
  for (const [what, args, code, output] of quick) {
    test(what, async (t) => {
      const root = createFakeRoot(t);
      const end = await startCli(root, args).ended;
      assert.equal(end.code, code, end.stderr);
      assert.match(code === 0 ? end.stdout : end.stderr, output);
      assert.doesNotMatch(end.stderr, /\n\s+at /, 'no stack trace');
      assert.equal(root.list('.').includes('demo.log'), false, 'nothing was started');
    });
  }

  test('a target that is no address is refused before anything is done', async (t) => {
    const root = createFakeRoot(t);
    const end = await startCli(root, ['run', 'broken', '--target', 'staging']).ended;
    assert.equal(end.code, 2, end.stderr);
    assert.match(end.stderr, /--target must be an http:\/\/ or https:\/\/ address, got "staging"/);
  });

  test('check-runbooks names what is wrong with a page', async (t) => {
    const root = createFakeRoot(t);
    const end = await startCli(root, ['check-runbooks']).ended;
    assert.equal(end.code, 1);
    assert.match(end.stderr, /runbooks\/event-loop-stall\.md:1: the section "Meaning" is missing/);
  });
});
