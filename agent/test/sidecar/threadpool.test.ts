import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../src/protocol/finding.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { createThreadpool, type PoolCpuSources } from '../../src/sidecar/threadpool.js';
import { aSnapshot } from '../harness/make.js';

interface World {
  readonly isStarved?: boolean;
  readonly stalledMs?: number;
  readonly ratio?: number;
  readonly quietUntilMs?: number;
  readonly cpu?: PoolCpuSources;
  readonly snapshot?: Partial<Snapshot>;
}
const noCpu: PoolCpuSources = { processMs: () => 0, watchedMs: () => null, ownMs: () => null };

/** The pool after one second for each wait, and what was found in the last of them. */
function watch(waits: readonly number[], world: World = {}) {
  const threadpool = createThreadpool(world.quietUntilMs ?? 0, world.cpu ?? noCpu);
  let found: Finding | null = null;
  for (const [index, waitMs] of waits.entries()) {
    threadpool.addStalled(world.stalledMs ?? 0);
    const snapshot = aSnapshot({
      monotonicMs: 1_000 * (index + 1),
      utilization: { ratio: world.ratio ?? 0.2, activeMs: 0, idleMs: 0 },
      resources: { FSReqCallback: 2, TCPSocketWrap: 90 },
      threadpool: { wait: { counts: [], sum: 0 }, waitMs, threads: 4, calls: { 'crypto.pbkdf2': 9 } },
      ...world.snapshot,
    });
    found = threadpool.judge(snapshot, world.isStarved ?? false, null);
  }
  return { threadpool, found };
}
const slow = [400, 400, 400, 400, 400];

describe('the pool', () => {
  test('is found full from its readings and what Node lists, without what does not work there', () => {
    const { found, threadpool } = watch(slow);
    assert.equal(found?.cause, 'crypto');
    assert.deepEqual([found.measurements.pendingFs, found.measurements.pendingCrypto], [2, 9]);
    assert.ok(threadpool.isOpen());
    threadpool.forget();
    assert.ok(!threadpool.isOpen());
  });

  const quiet: readonly [string, World][] = [
    ['while the loop is blocked', { stalledMs: 201 }],
    ['while the loop is busier than nine tenths', { ratio: 0.91 }],
    ['while the main thread lacks a CPU', { isStarved: true }],
    ['just after the start', { quietUntilMs: 5_001 }],
    ['in a worker, which has no reading of it', { snapshot: { threadpool: null } }],
  ];
  for (const [title, world] of quiet) {
    test(`is not judged ${title}`, () => {
      const { found, threadpool } = watch(slow, world);
      assert.equal(found, null);
      assert.ok(!threadpool.isOpen());
    });
  }
  test('is judged with short stalls, a busy loop and at the end of the start', () => {
    assert.ok(watch(slow, { stalledMs: 200, ratio: 0.9, quietUntilMs: 5_000 }).found);
  });

  test('is judged although the main thread lacks a CPU when it takes the CPUs itself, and not otherwise', () => {
    const cores = (perSecond: number): PoolCpuSources => {
      let looks = 0;
      return {
        processMs() {
          looks += 1;
          return looks * perSecond;
        },
        watchedMs: () => 0,
        ownMs: () => 0,
      };
    };
    const own = watch([...slow, 400], { isStarved: true, cpu: cores(1_900) });
    assert.equal(own.found?.cause, 'crypto');
    assert.ok(own.threadpool.fillsCpus());
    const others = watch([...slow, 400], { isStarved: true, cpu: cores(100) });
    assert.equal(others.found, null);
    assert.ok(!others.threadpool.fillsCpus());
  });

  test('computes what the process does without the main thread and the agent', () => {
    let looks = 0;
    const cpu: PoolCpuSources = {
      processMs() {
        looks += 1;
        return looks * 2_000;
      },
      watchedMs: () => looks * 300,
      ownMs: () => looks * 100,
    };
    // The first of the six windows has no look before it, and is not among the newest five.
    const { found, threadpool } = watch([...slow, 400], { cpu });
    assert.equal(found?.measurements.otherCores, 1.6);
    assert.equal(threadpool.otherCores(), 1.6);
    assert.equal(watch(slow).threadpool.otherCores(), null);
  });
});

describe('a verdict about the loop', () => {
  const verdict = { kind: 'event-loop-stall', ruledOut: [] } as unknown as Finding;
  test('says that the pool was free, with the wait of half the probes', () => {
    const { threadpool } = watch([0.2, 130, 0.1], { stalledMs: 900 });
    assert.deepEqual(threadpool.ruleOutIn(verdict).ruledOut, [
      {
        kind: 'threadpool-saturated',
        because:
          'half of the last 3 probes waited 0.2 ms or less for a thread of the pool, the own delay taken off',
      },
    ]);
  });
  test('says nothing where most probes waited, or none was sent', () => {
    assert.equal(watch([0.2, 101, 130]).threadpool.ruleOutIn(verdict), verdict);
    assert.notEqual(watch([0.2, 100, 130]).threadpool.ruleOutIn(verdict), verdict);
    assert.equal(createThreadpool(0, noCpu).ruleOutIn(verdict), verdict);
  });
});
