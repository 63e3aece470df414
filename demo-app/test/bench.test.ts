import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../src/orchestrate/child.js';

interface Answer {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm run bench -- WORDS` does once everything is built. */
const bench = (...words: string[]): Promise<Answer> =>
  new Promise((resolve) => {
    const file = join(repositoryRoot, 'scripts', 'bench.mjs');
    execFile(process.execPath, [file, ...words], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr }),
    );
  });

/** The options of each benchmark beside --json and --help, which all of them have. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  overhead: ['quadruples', 'idle', 'pairs', 'toggle'],
  accuracy: ['repeat', 'node', 'only', 'write'],
  leaks: ['rate', 'heap', 'seconds', 'at-once', 'node', 'only', 'write'],
  recordings: ['rate', 'heap', 'seconds', 'at-once', 'node', 'only'],
  soak: ['captures', 'rate', 'node', 'write'],
  'false-positives': ['minutes', 'seconds', 'node', 'only'],
  breadcrumbs: ['quadruples', 'node'],
  dependencies: ['quadruples', 'node'],
  requests: ['quadruples', 'node'],
  creations: ['quadruples', 'node'],
  sampling: ['quadruples', 'node'],
  collections: ['rounds', 'node'],
  pools: ['quadruples', 'node'],
};

test('--help lists the benchmarks, every one of which stands in the table below', async () => {
  const { code, stdout } = await bench('--help');
  assert.equal(code, 0);
  const listed = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name);
  assert.deepEqual(listed, Object.keys(optionsOf));
});

describe('a benchmark', { concurrency: 2 }, () => {
  for (const [name, options] of Object.entries(optionsOf)) {
    test(`${name} --help prints its options, and measures nothing`, async () => {
      const { code, stdout, stderr } = await bench(name, '--help');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, new RegExp(`^Usage: npm run bench -- ${name} `));
      const listed = [...stdout.matchAll(/^ {2}--([a-z-]+)(?: [A-Z]+)? {2,}\S/gm)].map(
        ([, option]) => option,
      );
      assert.deepEqual(listed.sort(), [...options, 'json', 'help'].sort());
    });

    test(`${name} refuses an option that it does not have, in one line`, async () => {
      const { code, stdout, stderr } = await bench(name, '--nonsense');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^[^\n]*--nonsense[^\n]* See --help\.\n$/);
    });
  }
});

const wrong: readonly [words: string[], says: RegExp][] = [
  [['nothing-like-it'], /^There is no benchmark nothing-like-it; there is\n {2}overhead /],
  [['toString'], /^There is no benchmark toString; /],
  [['--quadruples', '0'], /^--quadruples must be an integer from 1 to 9999; got "0"\.\n$/],
  [['overhead', '--toggle', 'toString'], /^--toggle must be agent or heap-sampling; got "toString"\.\n$/],
  [['leaks', '--rate', '20001'], /^--rate must be an integer from 1 to 20000; got "20001"\.\n$/],
  [['pools', '--quadruples', '1'], /^--quadruples must be an integer from \d+ to 10000; got "1"\.\n$/],
  [['soak', '--node', '21'], /^The Node version must be one of 20, 22, 24, 26; got "21"\.\n$/],
  [['soak', '--only', 'a'], /^[^\n]*--only[^\n]* See --help\.\n$/],
  [['accuracy', '--repeat'], /^[^\n]*--repeat[^\n]* See --help\.\n$/],
  [['accuracy', 'stray'], /^[^\n]*stray[^\n]* See --help\.\n$/],
];
for (const [words, says] of wrong)
  test(`"${words.join(' ')}" is wrong usage and says why`, async () => {
    const { code, stdout, stderr } = await bench(...words);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, says);
  });
