import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeapProfile } from '../../src/protocol/heap-profile.js';
import type { MemoryWorld } from '../../src/sidecar/memory.js';
import { live, mb, profileOf, ramp } from '../harness/heap-life.js';

const minutes = 60;
const saturating = (toMb: number, tauS: number) => (atS: number) => 60 + toMb * (1 - Math.exp(-atS / tauS));
const quiet: readonly [string, (atS: number) => number, number, number?][] = [
  ['a healthy sawtooth', () => 120, 30 * minutes],
  ['a heap that breathes with the load', (atS) => 200 + 40 * Math.sin(atS / 40), 30 * minutes],
  ['a cache that warms up in a minute and levels off', saturating(200, 60), 20 * minutes],
  ['a large cache that warms up in ten minutes', saturating(600, 600), 60 * minutes],
  ['a big import during the first minute', (atS) => 60 + ramp(0, 50, 700)(atS), 20 * minutes, 60],
  ['a table that is built at once', (atS) => (atS < 300 ? 100 : 350), 20 * minutes],
  ['a small batch', (atS) => 100 + (atS > 300 && atS < 700 ? ramp(300, 500, 70)(atS) : 0), 20 * minutes],
  ['a growth too slow to matter: 2 kB/s', (atS) => 100 + atS * 0.002, 120 * minutes],
  ['a heap that shrinks', (atS) => Math.max(50, 500 - atS), 10 * minutes],
];

describe('stays quiet with', () => {
  for (const [title, keptMb, seconds, quietUntilS] of quiet) {
    test(title, async () => {
      const { found, run, memory } = live(keptMb, seconds, {}, quietUntilS);
      await run();
      assert.deepEqual(found.slice(0, 1), []);
      const names = memory.readings().map(({ metric }) => metric);
      assert.deepEqual(names, ['heapFloor', 'heapRealLimit', 'externalFloor']);
    });
  }
});

const leaks: readonly [string, (atS: number) => number, number, 'warning' | 'critical', [number, number]][] =
  [
    ['5 MB/s from the start', (atS) => 60 + atS * 5, 5 * minutes, 'critical', [20, 60]],
    ['0.8 MB/s from the start', (atS) => 60 + atS * 0.8, 10 * minutes, 'warning', [60, 240]],
    [
      '0.8 MB/s after ten healthy minutes',
      (atS) => 120 + ramp(600, 1_200, 480)(atS),
      20 * minutes,
      'warning',
      [640, 900],
    ],
    ['0.1 MB/s, over an hour', (atS) => 120 + atS * 0.1, 90 * minutes, 'warning', [600, 2_400]],
    [
      'a leak under a breathing load',
      (atS) => 200 + atS + 15 * Math.sin(atS / 20),
      15 * minutes,
      'warning',
      [60, 500],
    ],
    ['a second batch that never ends', (atS) => 100 + atS * 2, 10 * minutes, 'critical', [40, 120]],
    ['5 kB/s where the container leaves little', (atS) => 20 + atS * 0.5, 5 * minutes, 'critical', [20, 60]],
    ['an import that never ends', (atS) => 60 + atS * 3, 10 * minutes, 'critical', [80, 160]],
    ['a leak that gets faster', (atS) => 60 + (atS * atS) / 300, 10 * minutes, 'warning', [60, 300]],
  ];
const worlds: Readonly<Record<string, Partial<MemoryWorld>>> = {
  '5 kB/s where the container leaves little': { containerLimit: () => 200 * mb, resident: () => 90 * mb },
};

describe('tells of', () => {
  for (const [title, keptMb, seconds, severity, [fromS, toS]] of leaks) {
    test(title, async () => {
      const isImport = title.startsWith('an import');
      const { found, run, memory } = live(keptMb, seconds, worlds[title], isImport ? 60 : 0);
      await run();
      const [first] = found;
      assert.ok(first !== undefined, 'no verdict');
      assert.ok(first.atS >= fromS && first.atS <= toS, `after ${first.atS} s`);
      assert.equal(first.finding.kind, 'heap-leak');
      assert.equal(first.finding.cause, 'unbounded-retention');
      assert.equal(first.finding.severity, severity, first.finding.title);
      assert.equal(first.finding.culprit, null);
      assert.ok(first.finding.ruledOut.some(({ kind }) => kind === 'gc-pressure'));
      assert.ok(first.finding.ruledOut.some(({ kind }) => kind === 'external-memory-growth'));
      void memory;
    });
  }
});

test('a batch that comes again is known, once it has gone', async () => {
  const nightly = (atS: number) => 100 + ramp(0, 300, 240)((atS % 1_200) - 300) * Number(atS % 1_200 < 900);
  const { found, pass, memory } = live(nightly, 0);
  await pass(700);
  const firstNight = found.length;
  // It has been level for a while, so the incident is over.
  memory.forget('heap-leak');
  await pass(2_900);
  assert.ok(firstNight > 0, 'the first time it looks like a leak');
  assert.equal(found.length, firstNight);
});

test('tells how much time is left, and takes it back when the growth ends', async () => {
  const { memory, pass } = live((atS) => 60 + Math.min(atS, 200), 0);
  const left = () => memory.readings().find(({ metric }) => metric === 'heapTimeToLimit');
  await pass(190);
  const reading = left();
  assert.ok(reading !== undefined && 'value' in reading);
  assert.ok(reading.value > 1_200 && reading.value < 2_400, `${reading.value} s`);
  await pass(120);
  assert.equal(left(), undefined);
});

test('what a collection has left is published from the first one on, also while it says nothing of a leak', async () => {
  const { memory, pass } = live(() => 120, 0, {}, 600);
  const floor = () => memory.readings().find(({ metric }) => metric === 'heapFloor');
  await pass(4);
  assert.equal(floor(), undefined);
  await pass(2);
  const reading = floor();
  assert.ok(reading !== undefined && 'value' in reading);
  assert.ok(Math.abs(reading.value - 120 * mb) < 5 * mb, `${reading.value}`);
});

test('names who keeps the memory, from two profiles, and keeps the later one as evidence', async () => {
  let readings = 0;
  const read = async () => {
    readings += 1;
    return profileOf(readings * 100 * mb);
  };
  const { found, kept, run } = live((atS) => 60 + atS * 5, 120, { read });
  await run();
  const culprit = found[0]?.finding.culprit;
  assert.deepEqual([culprit?.function, culprit?.line, culprit?.column, culprit?.share], ['keep', 10, 5, 1]);
  assert.deepEqual(kept[0], ['memory.json', 'allocations.heapprofile']);
  assert.equal(readings, 2);
});

test('a suspicion that the sites do not bear out is not followed up for a while', async () => {
  let readings = 0;
  const read = async () => {
    readings += 1;
    return profileOf(100 * mb);
  };
  // Two steps look like growth, and then it is level.
  const steps = (atS: number) => 60 + (atS > 20 ? 20 : 0) + (atS > 60 ? 20 : 0);
  const { found, run } = live(steps, 500, { read });
  await run();
  assert.deepEqual(found, []);
  assert.ok(readings >= 1 && readings <= 2, `${readings}`);
});

test('a pause that was made by reading a profile is known as such', async () => {
  let finish: (profile: HeapProfile | null) => void = () => {};
  const read = () => new Promise<HeapProfile | null>((resolve) => (finish = resolve));
  const { memory, pass } = live((atS) => 60 + atS * 5, 0, { read });
  const stall = (startedMs: number) => ({ startedMs, blockedMs: 300 }) as never;
  assert.equal(memory.explains(stall(10_000)), false);
  await pass(30);
  assert.equal(memory.explains(stall(29_900)), true);
  finish(null);
  await pass(10);
  assert.equal(memory.explains(stall(39_000)), false);
});

for (const [waitedRatio, expected] of [
  [null, ['gc-pressure']],
  [0.1, ['gc-pressure']],
  [0.4, []],
] as const) {
  const said = expected.length === 0 ? 'are none' : 'are pressure';
  test(`long collections are pressure or none by what the thread waits for a CPU: at ${waitedRatio} they ${said}`, async () => {
    const { found, run } = live(
      () => 120,
      60,
      {},
      0,
      () => 400,
      waitedRatio,
    );
    await run();
    assert.deepEqual([...new Set(found.map(({ finding }) => finding.kind))], expected);
  });
}

test('pressure on the collector is looked into even while growth is suspected', async () => {
  let counts = 0;
  const countAll = () => {
    counts += 1;
  };
  // A rise that is enough for a suspicion and too small for a leak.
  const step = (atS: number) => 60 + (atS > 30 ? 20 : 0);
  const { pass } = live(step, 0, { read: async () => profileOf(100 * mb), countAll }, 0, (atS) =>
    atS > 36 ? 300 : 12,
  );
  await pass(46);
  assert.equal(counts, 1);
});
