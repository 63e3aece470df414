import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockTarget } from '../../../src/drill/target/lock.js';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
const onlyFile = (folder: string) => join(folder, readdirSync(folder)[0] ?? '');

test('one drill at a time per target; another target is free', (t) => {
  const folder = folderOf(t);
  const lock = lockTarget('http://a', folder);
  assert.throws(
    () => lockTarget('http://a', folder),
    new RegExp(`process ${process.pid} runs a drill against http://a`),
  );
  lockTarget('http://b', folder).release();
  lock.release();
  lockTarget('http://a', folder).release();
  assert.deepEqual(readdirSync(folder), []);
});

test('a lock whose owner has gone is taken over', (t) => {
  const folder = folderOf(t);
  lockTarget('http://a', folder);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(onlyFile(folder), String(pid));
  lockTarget('http://a', folder).release();
  assert.deepEqual(readdirSync(folder), []);
});

test('a lock that cannot be read is taken over', (t) => {
  const folder = folderOf(t);
  lockTarget('http://a', folder);
  writeFileSync(onlyFile(folder), 'half written');
  lockTarget('http://a', folder).release();
});

test('the lock of somebody else is not released', (t) => {
  const folder = folderOf(t);
  const lock = lockTarget('http://a', folder);
  writeFileSync(onlyFile(folder), '1');
  lock.release();
  assert.equal(readdirSync(folder).length, 1);
});
