import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { LastWords } from '../../../src/protocol/last-words.js';
import { type ClaimOptions, claimFormer, silentMs } from '../../../src/sidecar/last-words/claim.js';
import { encodeLastWords, recordBytes } from '../../../src/sidecar/last-words/record.js';
import { isRenewed } from '../../../src/sidecar/last-words.js';
import { anIdentity, someLastWords } from '../../harness/last-words.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const now = Date.parse('2026-01-01T01:00:00.000Z');
const day = 24 * 60 * 60 * 1_000;

/** A directory with records; nobody of them lives unless the test says so. */
function folderWith(
  t: TestContext,
  files: Readonly<Record<string, Partial<LastWords> | string>>,
  ageMs = 1_000,
) {
  const directory = temporaryDirectory(t);
  const folder = join(directory, 'last-words');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : encodeLastWords(someLastWords(content)));
    utimesSync(path, (now - ageMs) / 1_000, (now - ageMs) / 1_000);
  }
  const claim = (rest: Partial<ClaimOptions> = {}) =>
    claimFormer({
      directory,
      service: 'shop',
      own: anIdentity({ pid: 77, startTicks: 9_000 }),
      table: { startTicks: () => null, isAlive: () => false },
      isRenewed,
      now,
      ...rest,
    });
  return { claim, left: () => readdirSync(folder).sort() };
}

test('records of processes that are gone are taken, the newest first, and only once', (t) => {
  const { claim, left } = folderWith(t, {
    '1-1.json': { process: anIdentity({ pid: 1 }), lastSeenAt: '2026-01-01T00:10:00.000Z' },
    '2-1.json': { process: anIdentity({ pid: 2 }), lastSeenAt: '2026-01-01T00:20:00.000Z' },
  });
  const { ended, unreadable, undecided } = claim();
  assert.deepEqual(
    ended.map(({ process }) => process.pid),
    [2, 1],
  );
  assert.deepEqual([unreadable, undecided, left()], [0, 0, []]);
  assert.deepEqual(claim().ended, []);
});

test('what lives, and what belongs to another service, is left alone', (t) => {
  const { claim, left } = folderWith(t, {
    '1-1.json': { process: anIdentity({ pid: 1 }) },
    '2-1.json': { service: 'pricing' },
  });
  const table = { startTicks: () => 1_000, isAlive: () => true };
  assert.deepEqual(claim({ table }).ended, []);
  assert.deepEqual(left(), ['1-1.json', '2-1.json']);
});

describe('a process of another container', () => {
  const there = anIdentity({ pidNamespace: 'pid:[2]' });

  test('is gone when it was silent in the middle of an incident', (t) => {
    const { claim } = folderWith(t, { '1-1.json': { process: there } }, silentMs);
    assert.equal(claim().ended.length, 1);
  });

  test('is gone when it was silent with a full heap, before any incident could open', (t) => {
    const full = { process: there, incidents: [], numbers: { oldBytes: 95, v8LimitBytes: 100 } };
    assert.equal(folderWith(t, { '1-1.json': full }, silentMs).claim().ended.length, 1);
  });

  test('may live when its record is fresh: it is looked at again', (t) => {
    const { claim, left } = folderWith(t, { '1-1.json': { process: there } }, silentMs - 1);
    assert.deepEqual(claim(), { ended: [], undecided: 1, unreadable: 0 });
    assert.deepEqual(left(), ['1-1.json']);
  });

  test('that was healthy writes nothing, so that silence says nothing', (t) => {
    const { claim, left } = folderWith(t, { '1-1.json': { process: there, incidents: [] } }, silentMs * 100);
    assert.deepEqual(claim(), { ended: [], undecided: 0, unreadable: 0 });
    assert.deepEqual(left(), ['1-1.json']);
  });
});

test('what is no record, or too large for one, is removed and counted', (t) => {
  const { claim, left } = folderWith(t, { '1-1.json': '{', '2-1.json': ' '.repeat(recordBytes + 1) });
  assert.equal(claim().unreadable, 2);
  assert.deepEqual(left(), []);
});

test('what is no record yet, of a process that lives, is left alone', (t) => {
  const { claim, left } = folderWith(t, { '1-1.json': '{' });
  assert.equal(claim({ table: { startTicks: () => 1, isAlive: () => true } }).unreadable, 0);
  assert.deepEqual(left(), ['1-1.json']);
});

test('a record of another version of the agent is left to that one', (t) => {
  const { claim, left } = folderWith(t, { '1-1.json': '{"format":2}' });
  assert.deepEqual(claim(), { ended: [], undecided: 0, unreadable: 0 });
  assert.deepEqual(left(), ['1-1.json']);
});

test('what is older than a week is removed without a word', (t) => {
  const { claim, left } = folderWith(t, { '1-1.json': {} }, 8 * day);
  assert.deepEqual(claim(), { ended: [], undecided: 0, unreadable: 0 });
  assert.deepEqual(left(), []);
});

test('what was left unfinished is removed, and what may be in the making is not', (t) => {
  const files = { '2-1.json.part': '', '3-1.json.0a.taken': '' };
  const [fresh, old] = [folderWith(t, files), folderWith(t, files, silentMs)];
  for (const { claim } of [fresh, old]) {
    assert.deepEqual(claim(), { ended: [], undecided: 0, unreadable: 0 });
  }
  assert.deepEqual([fresh.left().length, old.left().length], [2, 0]);
});

test('no more than 200 files are kept', (t) => {
  const names = Array.from({ length: 230 }, (_, index) => `${index + 1}-1.json`);
  const other = Object.fromEntries(names.map((name) => [name, { service: 'pricing' }]));
  const { claim, left } = folderWith(t, other);
  claim();
  assert.equal(left().length, 200);
});

test('a directory that is not there holds nothing', (t) => {
  const { claim } = folderWith(t, {});
  assert.deepEqual(claim({ directory: '/nowhere' }).ended, []);
});
