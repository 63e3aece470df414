import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createThrottlingReader, parseCpuStat } from '../../../src/sidecar/watchdog/cgroup.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const v1Stat = 'nr_periods 100\nnr_throttled 7\nthrottled_time 2500000000\nnr_bursts 0\n';
const v2Stat = 'usage_usec 9\nnr_periods 100\nnr_throttled 7\nthrottled_usec 2500000\n';
const v1Mount = '32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct';
const v1Decoy = '33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset';
const v2Mount = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate';
const told = { throttledMs: 2_500, throttledPeriods: 7 };

function tree(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = temporaryDirectory(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

type Row = readonly [string, Readonly<Record<string, string>>, ReturnType<typeof parseCpuStat>];
const rows: readonly Row[] = [
  [
    'v1: the own group of the cpu controller',
    {
      'proc/self/cgroup': '3:cpuset:/other\n2:cpu,cpuacct:/docker/abc\n0::/\n',
      'proc/self/mountinfo': `${v1Decoy}\n${v1Mount}\n`,
      'sys/fs/cgroup/cpu/docker/abc/cpu.stat': v1Stat,
    },
    told,
  ],
  [
    'v1: a container that sees the path of its host',
    {
      'proc/self/cgroup': '2:cpu,cpuacct:/docker/abc\n',
      'proc/self/mountinfo': v1Mount.replace('0:29 / ', '0:29 /docker/abc '),
      'sys/fs/cgroup/cpu/cpu.stat': v1Stat,
    },
    told,
  ],
  [
    'v1: a path that is not below what is mounted',
    {
      'proc/self/cgroup': '2:cpu,cpuacct:/kubepods/pod1\n',
      'proc/self/mountinfo': v1Mount.replace('0:29 / ', '0:29 /docker/abc '),
      'sys/fs/cgroup/cpu/cpu.stat': v1Stat,
    },
    told,
  ],
  [
    'v2: the own group, at the root of a namespace',
    {
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': v2Mount,
      'sys/fs/cgroup/cpu.stat': v2Stat,
    },
    told,
  ],
  [
    'v2: the groups above count as well, the root group does not',
    {
      'proc/self/cgroup': '0::/kubepods.slice/pod1/app\n',
      'proc/self/mountinfo': v2Mount,
      'sys/fs/cgroup/cpu.stat': 'usage_usec 9\n',
      'sys/fs/cgroup/kubepods.slice/pod1/cpu.stat': v2Stat,
      'sys/fs/cgroup/kubepods.slice/pod1/app/cpu.stat': v2Stat,
    },
    { throttledMs: 5_000, throttledPeriods: 14 },
  ],
  [
    'v2: a group without a quota',
    {
      'proc/self/cgroup': '0::/app\n',
      'proc/self/mountinfo': v2Mount,
      'sys/fs/cgroup/app/cpu.stat': 'usage_usec 9\n',
    },
    null,
  ],
  ['no /proc at all', {}, null],
  ['no mount of control groups', { 'proc/self/cgroup': '0::/app\n', 'proc/self/mountinfo': '' }, null],
  [
    'files that hold something else',
    { 'proc/self/cgroup': 'nonsense', 'proc/self/mountinfo': '- - -\n\n x' },
    null,
  ],
];

for (const [title, files, expected] of rows) {
  test(title, (t) => assert.deepEqual(createThrottlingReader(tree(t, files))(), expected));
}

test('reads the newest numbers each time', (t) => {
  const files = { 'proc/self/cgroup': '0::/\n', 'proc/self/mountinfo': v2Mount };
  const root = tree(t, { ...files, 'sys/fs/cgroup/cpu.stat': v2Stat });
  const read = createThrottlingReader(root);
  assert.equal(read()?.throttledMs, 2_500);
  writeFileSync(join(root, 'sys/fs/cgroup/cpu.stat'), v2Stat.replace('2500000', '3500000'));
  assert.equal(read()?.throttledMs, 3_500);
});

test('a number that is none is no number', () => {
  assert.equal(parseCpuStat('nr_throttled 1\nthrottled_usec many\n'), null);
  assert.equal(parseCpuStat('throttled_usec 5\n'), null);
});
