import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  lastWordsFile,
  removeLastWords,
  writeLastWords,
} from '../../../src/sidecar/last-words/record-file.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('a record is readable by its owner only, and replaced as a whole', (t) => {
  const directory = join(temporaryDirectory(t), 'faultline');
  const path = lastWordsFile(directory, 12, 1_000.4, 0);
  assert.equal(path, join(directory, 'last-words', '12-1000.json'));
  writeLastWords(path, 'one');
  const before = statSync(path).ino;
  writeLastWords(path, 'two');
  assert.equal(readFileSync(path, 'utf8'), 'two');
  assert.notEqual(statSync(path).ino, before);
  assert.deepEqual([path, dirname(path), directory].map(modeOf), ['600', '700', '700']);
  assert.deepEqual(readdirSync(dirname(path)), ['12-1000.json']);
});

test('a worker thread has a record of its own', () => {
  assert.equal(lastWordsFile('/f', 12, 1_000, 3), join('/f', 'last-words', '12-1000-3.json'));
});

test('it is not written through a link that somebody has laid', (t) => {
  const directory = temporaryDirectory(t);
  const path = lastWordsFile(directory, 12, 1_000, 0);
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'untouched');
  mkdirSync(dirname(path));
  symlinkSync(victim, `${path}.part`);
  symlinkSync(victim, path);
  writeLastWords(path, 'text');
  assert.equal(readFileSync(victim, 'utf8'), 'untouched');
  assert.equal(readFileSync(path, 'utf8'), 'text');
});

test('what cannot be written throws and leaves nothing', (t) => {
  const directory = temporaryDirectory(t);
  const path = lastWordsFile(directory, 12, 1_000, 0);
  mkdirSync(path, { recursive: true });
  assert.throws(() => writeLastWords(path, 'text'));
  assert.deepEqual(readdirSync(dirname(path)), ['12-1000.json']);
});

test('the folder goes with the last record, and stays while another one is in it', (t) => {
  const directory = temporaryDirectory(t);
  const [a, b] = [lastWordsFile(directory, 1, 1, 0), lastWordsFile(directory, 2, 1, 0)];
  for (const path of [a, b]) writeLastWords(path, 'text');
  removeLastWords(a);
  assert.deepEqual(readdirSync(dirname(a)), ['2-1.json']);
  removeLastWords(b);
  assert.equal(existsSync(dirname(b)), false);
  assert.doesNotThrow(() => removeLastWords(b));
});
