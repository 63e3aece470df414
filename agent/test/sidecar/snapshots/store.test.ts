import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSnapshotStore } from '../../../src/sidecar/snapshots/store.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const ownPid = 100;
const alivePid = 200;
const gonePid = 300;
const open = (directory: string) =>
  openSnapshotStore(directory, { pid: ownPid, thread: 2 }, (pid) => [ownPid, alivePid].includes(pid));

test('reserves paths in a directory for the owner only, each once', async (t) => {
  const directory = join(temporaryDirectory(t), 'snapshots');
  const store = open(directory);
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  assert.equal(await store.reserve(now), join(directory, 'heap-20260102030405-100-2-1.heapsnapshot'));
  assert.equal(await store.reserve(now), join(directory, 'heap-20260102030405-100-2-2.heapsnapshot'));
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.ok((await store.freeBytes()) > 0);
});

test('keeps the four newest, and nothing of others is touched', async (t) => {
  const directory = temporaryDirectory(t);
  const names = [1, 2, 3, 4, 5, 6].map((day) => `heap-2026010${day}000000-200-0-1.heapsnapshot`);
  for (const name of [...names, 'mine.heapsnapshot', 'notes.txt']) writeFileSync(join(directory, name), 'x');
  await open(directory).prune();
  assert.deepEqual(
    readdirSync(directory).sort(),
    [...names.slice(2), 'mine.heapsnapshot', 'notes.txt'].sort(),
  );
});

test('sweeps what its own process and those that are gone left, and leaves what is being written', async (t) => {
  const directory = temporaryDirectory(t);
  const file = (pid: number, ending: string, thread = 2) =>
    `heap-20260101000000-${pid}-${thread}-1.heapsnapshot${ending}`;
  const left = [
    file(gonePid, ''),
    file(alivePid, '.part'),
    file(ownPid, ''),
    file(ownPid, '.part', 0),
    'other.part',
  ];
  for (const name of [...left, file(gonePid, '.part'), file(ownPid, '.part')]) {
    writeFileSync(join(directory, name), 'x');
  }
  await open(directory).sweep();
  assert.deepEqual(readdirSync(directory).sort(), [...left].sort());
});

test('sweeping makes no directory', async (t) => {
  const directory = join(temporaryDirectory(t), 'none');
  await open(directory).sweep();
  assert.equal(existsSync(directory), false);
});

test('tells how much of a file is written, and 0 before it is there', async (t) => {
  const path = join(temporaryDirectory(t), 'a.heapsnapshot');
  const store = open(path);
  assert.equal(await store.written(path), 0);
  writeFileSync(`${path}.part`, '12345');
  assert.equal(await store.written(path), 5);
});
