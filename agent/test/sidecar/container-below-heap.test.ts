import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { detectHeapNearLimit, nearLimitRule } from '../../src/sidecar/diagnosis/heap-near-limit.js';
import { realLimit } from '../../src/sidecar/diagnosis/real-limit.js';
import { createContainerLimitReader } from '../../src/sidecar/watchdog/memory-limit.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';

const mb = 1e6;
const v8LimitBytes = 2_000 * mb;
const v2 = '30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw';
const v1 = '32 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';
const inV2 = (limit: string): Record<string, string> => ({
  'proc/self/cgroup': '0::/\n',
  'proc/self/mountinfo': v2,
  'sys/fs/cgroup/memory.max': limit,
});

interface Row {
  readonly title: string;
  /** Files of the kernel. */
  readonly files: Readonly<Record<string, string>>;
  readonly liveMb: number;
  /** What the process has besides the heap. */
  readonly outsideMb: number;
  readonly limitMb: number;
  readonly fires: boolean;
}

const rows: readonly Row[] = [
  {
    title: 'no container: a third of the heap is nothing',
    files: {},
    liveMb: 600,
    outsideMb: 100,
    limitMb: 2_000,
    fires: false,
  },
  {
    title: 'v2: the same heap fills a container of 800 MB',
    files: inV2('800000000\n'),
    liveMb: 600,
    outsideMb: 100,
    limitMb: 700,
    fires: true,
  },
  {
    title: 'v2: the same heap in a container of 800 MB with little besides',
    files: inV2('800000000\n'),
    liveMb: 600,
    outsideMb: 50,
    limitMb: 750,
    fires: false,
  },
  {
    title: 'v2: the limit of the pod counts, too',
    files: {
      'proc/self/cgroup': '0::/pod/app\n',
      'proc/self/mountinfo': v2,
      'sys/fs/cgroup/pod/memory.max': '700000000\n',
      'sys/fs/cgroup/pod/app/memory.max': '4000000000\n',
    },
    liveMb: 600,
    outsideMb: 50,
    limitMb: 650,
    fires: true,
  },
  {
    title: 'v1: the same heap fills a container of 700 MB',
    files: {
      'proc/self/cgroup': '3:memory:/docker/a\n',
      'proc/self/mountinfo': v1,
      'sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes': '700000000\n',
    },
    liveMb: 600,
    outsideMb: 20,
    limitMb: 680,
    fires: true,
  },
  {
    title: 'a container larger than the heap may become',
    files: inV2('8000000000\n'),
    liveMb: 1_800,
    outsideMb: 100,
    limitMb: 2_000,
    fires: true,
  },
  {
    title: 'a container that is overdrawn already leaves nothing of which there could be a share',
    files: inV2('100000000\n'),
    liveMb: 90,
    outsideMb: 200,
    limitMb: 0,
    fires: false,
  },
];

describe('the heap is measured against what the container leaves', () => {
  for (const { title, files, liveMb, outsideMb, limitMb, fires } of rows) {
    test(title, (t) => {
      const root = temporaryDirectory(t);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      const heapBytes = liveMb * mb;
      const residentBytes = heapBytes + outsideMb * mb;
      const container = createContainerLimitReader(root)();
      const limitBytes = realLimit(v8LimitBytes, heapBytes, container, residentBytes);
      assert.equal(limitBytes, limitMb * mb);
      const floors = [1, 2, 3].map((atS) => ({ atMs: atS * 1_000, bytes: heapBytes, externalBytes: 0 }));
      const view = { floors, oldBytes: heapBytes, takenBytes: [], limitBytes, v8LimitBytes, gcRatio: 0.05 };
      const finding = detectHeapNearLimit(view, false, null, nearLimitRule);
      assert.equal(typeof finding === 'object', fires, JSON.stringify(finding));
    });
  }

  test('the verdict says both limits, so that the smaller one is seen to be the container', () => {
    const floors = [1, 2, 3].map((atS) => ({ atMs: atS * 1_000, bytes: 600 * mb, externalBytes: 0 }));
    const view = {
      floors,
      oldBytes: 600 * mb,
      takenBytes: [],
      limitBytes: 650 * mb,
      v8LimitBytes,
      gcRatio: 0.05,
    };
    const finding = detectHeapNearLimit(view, false, null, nearLimitRule);
    assert.ok(typeof finding === 'object');
    assert.equal(finding.measurements.limitBytes, 650 * mb);
    assert.equal(finding.measurements.v8LimitBytes, v8LimitBytes);
  });
});

test('without a reading of resident memory, the heap alone counts', () => {
  assert.equal(realLimit(v8LimitBytes, 600 * mb, 800 * mb, null), 800 * mb);
});
