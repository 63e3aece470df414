import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createMemoryRoomReader } from '../../../src/sidecar/watchdog/memory-room.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

function system(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = temporaryDirectory(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
const meminfo = { 'proc/meminfo': 'MemTotal: 9000 kB\nMemAvailable:   4000 kB\n' };
const v2 = {
  ...meminfo,
  'proc/self/cgroup': '0::/pod/app\n',
  'proc/self/mountinfo': '30 20 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
  'sys/fs/cgroup/pod/memory.max': '3000000\n',
  'sys/fs/cgroup/pod/memory.current': '2500000\n',
  'sys/fs/cgroup/pod/memory.stat': 'anon 1\ninactive_file 1500000\n',
  'sys/fs/cgroup/pod/app/memory.max': 'max\n',
  'sys/fs/cgroup/pod/app/memory.current': '2500000\n',
};

test('without a control group it is what the machine has left', (t) => {
  const read = createMemoryRoomReader(system(t, meminfo));
  assert.deepEqual(read(), { where: 'the machine', freeBytes: 4_000 * 1_024 });
});

test('the tightest group counts, and caches of files count as free', (t) => {
  const read = createMemoryRoomReader(system(t, v2));
  assert.deepEqual(read(), { where: 'the container', freeBytes: 2_000_000 });
});

test('a machine with less than its groups allow is what counts', (t) => {
  const files = { ...v2, 'proc/meminfo': 'MemAvailable: 100 kB\n' };
  assert.deepEqual(createMemoryRoomReader(system(t, files))(), { where: 'the machine', freeBytes: 102_400 });
});

test('reads version 1, where a group without limit names a very large one', (t) => {
  const files = {
    ...meminfo,
    'proc/self/cgroup': '5:memory:/pod\n',
    'proc/self/mountinfo': '30 20 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    'sys/fs/cgroup/memory/memory.usage_in_bytes': '1\n',
    'sys/fs/cgroup/memory/pod/memory.limit_in_bytes': '1000000\n',
    'sys/fs/cgroup/memory/pod/memory.usage_in_bytes': '900000\n',
    'sys/fs/cgroup/memory/pod/memory.stat': 'inactive_file 5\ntotal_inactive_file 200000\n',
  };
  assert.deepEqual(createMemoryRoomReader(system(t, files))(), {
    where: 'the container',
    freeBytes: 300_000,
  });
});
