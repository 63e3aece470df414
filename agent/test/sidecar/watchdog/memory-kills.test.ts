import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createMemoryKillReader } from '../../../src/sidecar/watchdog/memory-kills.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const v2 = {
  'proc/self/cgroup': '0::/app\n',
  'proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw',
};
const v1 = {
  'proc/self/cgroup': '3:memory:/app\n',
  'proc/self/mountinfo': '32 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
};

function rootWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = temporaryDirectory(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('v2: processes of the own group that were killed, not those of groups above it', (t) => {
  const root = rootWith(t, {
    ...v2,
    'sys/fs/cgroup/memory.events': 'oom 9\noom_kill 9\n',
    'sys/fs/cgroup/app/memory.events': 'low 0\nhigh 0\nmax 4\noom 3\noom_kill 2\noom_group_kill 0\n',
  });
  assert.equal(createMemoryKillReader(root)()?.count, 2);
});

test('v1: the same from the control of the killer', (t) => {
  const file = 'sys/fs/cgroup/memory/app/memory.oom_control';
  const root = rootWith(t, { ...v1, [file]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 5\n' });
  assert.equal(createMemoryKillReader(root)()?.count, 5);
});

test('a group that was made anew at the same path is another one', (t) => {
  const file = 'sys/fs/cgroup/app/memory.events';
  const root = rootWith(t, { ...v2, [file]: 'oom_kill 1\n' });
  const read = createMemoryKillReader(root);
  const before = read()?.group;
  assert.equal(read()?.group, before);
  // Not removed, so that its inode is not given again.
  renameSync(join(root, 'sys/fs/cgroup/app'), join(root, 'sys/fs/cgroup/former'));
  mkdirSync(join(root, 'sys/fs/cgroup/app'));
  writeFileSync(join(root, file), 'oom_kill 1\n');
  assert.notEqual(read()?.group, before);
});

test('nobody counts without control groups, in a root group, and in kernels that do not', (t) => {
  assert.equal(createMemoryKillReader(rootWith(t, {}))(), null);
  assert.equal(createMemoryKillReader(rootWith(t, v2))(), null);
  const file = 'sys/fs/cgroup/memory/app/memory.oom_control';
  assert.equal(createMemoryKillReader(rootWith(t, { ...v1, [file]: 'under_oom 0\n' }))(), null);
});
