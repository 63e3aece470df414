import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createContainerLimitReader } from '../../../src/sidecar/watchdog/memory-limit.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const v1Mount = '32 31 0:29 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory';
const v2Mount = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const none = '9223372036854771712\n';

const rows: readonly [string, Readonly<Record<string, string>>, number | null][] = [
  [
    'v2: the own group',
    {
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': v2Mount,
      'sys/fs/cgroup/memory.max': '536870912\n',
    },
    536_870_912,
  ],
  [
    'v2: the smallest of those above it',
    {
      'proc/self/cgroup': '0::/pod/app\n',
      'proc/self/mountinfo': v2Mount,
      'sys/fs/cgroup/pod/memory.max': '300000000\n',
      'sys/fs/cgroup/pod/app/memory.max': '500000000\n',
    },
    300_000_000,
  ],
  [
    'v2: no limit',
    { 'proc/self/cgroup': '0::/\n', 'proc/self/mountinfo': v2Mount, 'sys/fs/cgroup/memory.max': 'max\n' },
    null,
  ],
  [
    'v1: the memory controller',
    {
      'proc/self/cgroup': '4:cpu:/other\n3:memory:/docker/abc\n',
      'proc/self/mountinfo': v1Mount,
      'sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '268435456\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': none,
    },
    268_435_456,
  ],
  [
    'v1: no limit, written as a number that nothing reaches',
    {
      'proc/self/cgroup': '3:memory:/\n',
      'proc/self/mountinfo': v1Mount,
      'sys/fs/cgroup/memory/memory.limit_in_bytes': none,
    },
    null,
  ],
  ['no control groups at all', {}, null],
  [
    'a file that holds something else',
    { 'proc/self/cgroup': '0::/\n', 'proc/self/mountinfo': v2Mount, 'sys/fs/cgroup/memory.max': '-1\n' },
    null,
  ],
];

for (const [title, files, expected] of rows) {
  test(title, (t) => {
    const root = temporaryDirectory(t);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    assert.equal(createContainerLimitReader(root)(), expected);
  });
}
