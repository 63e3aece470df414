import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { ProcessIdentity } from '../../../src/protocol/last-words.js';
import { judgePresence, readIdentity, readStartTicks } from '../../../src/sidecar/last-words/identity.js';
import { anIdentity } from '../../harness/last-words.js';
import { until } from '../../harness/wait.js';

const own = anIdentity({ pid: 1, startTicks: 9_000 });
const elsewhere = { bootId: null, pidNamespace: null, startTicks: null };

/** Of the process that now has the pid: its start ticks; null when there is none. */
const rows: readonly [string, Partial<ProcessIdentity>, number | null, string][] = [
  ['a process that still runs', {}, 1_000, 'alive'],
  ['a pid that nobody has', {}, null, 'gone'],
  ['a pid that was given to another process', {}, 5_000, 'gone'],
  ['the own pid, of the process before in this container', { pid: 1, startTicks: 10 }, 9_000, 'gone'],
  ['one of the same host before it was booted again', { bootId: 'boot-0' }, 1_000, 'gone'],
  ['one of another container of this machine', { pidNamespace: 'pid:[2]' }, 1_000, 'unreachable'],
  ['one of another machine that shares the directory', { host: 'shop-2' }, 1_000, 'unreachable'],
];

describe('a record is of', () => {
  for (const [title, rest, ticks, expected] of rows) {
    test(title, () => {
      const table = { startTicks: () => ticks, isAlive: () => ticks !== null };
      assert.equal(judgePresence(anIdentity(rest), own, table), expected);
    });
  }

  test('one that a system without start times knows by its pid alone', () => {
    const table = (isAlive: boolean) => ({ startTicks: () => null, isAlive: () => isAlive });
    const here = anIdentity({ ...elsewhere, pid: 1 });
    assert.equal(judgePresence(anIdentity(elsewhere), here, table(true)), 'alive');
    assert.equal(judgePresence(anIdentity(elsewhere), here, table(false)), 'gone');
    assert.equal(judgePresence(anIdentity({ ...elsewhere, pid: 1 }), here, table(true)), 'gone');
  });
});

test('this process is told from every other one by the kernel', (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux tells when a process was started');
  const { pid, startTicks, bootId, pidNamespace } = readIdentity();
  assert.equal(pid, process.pid);
  assert.ok(startTicks !== null && startTicks > 0);
  assert.match(`${bootId} ${pidNamespace}`, /^[0-9a-f-]{36} pid:\[\d+\]$/);
});

test('a process that its parent has not taken note of yet is gone', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux tells when a process was started');
  // The shell becomes a program that waits for nobody.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const pid = Number(line);
  const nameOf = (of: number): string => readFileSync(`/proc/${of}/comm`, 'utf8').trim();
  await until('the shell is that program', () => nameOf(parent.pid!) === 'sleep');
  assert.notEqual(readStartTicks(pid), null);
  process.kill(pid, 'SIGKILL');
  await until('the child is gone', () => readStartTicks(pid) === null);
  assert.doesNotThrow(() => process.kill(pid, 0));
});
