import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../src/protocol/finding.js';
import type { Incident } from '../../src/protocol/incident.js';
import { createOffHeap, type OffHeapWorld } from '../../src/sidecar/off-heap.js';

const mb = 1e6;

/** What a process holds at each second, in MB. */
interface Life {
  /** Kept by live objects outside the heap. */
  readonly buffers?: (atS: number) => number;
  /** Left by collections in the heap. */
  readonly heap?: (atS: number) => number;
  /** Reserved by V8; follows the live heap without it. */
  readonly heapReserved?: (atS: number) => number;
  /** In RAM besides heap and buffers. */
  readonly native?: (atS: number) => number;
  /** Garbage in buffers just before a collection. */
  readonly garbage?: number;
  /** What container or machine has left at the start. */
  readonly room?: number;
  readonly quietUntilS?: number;
  /** Seconds between V8's own collections. */
  readonly collectedEveryS?: number;
  /** Whether collections can be asked for. */
  readonly mayAsk?: boolean;
}

/** Lives for so many seconds, with some megabytes of noise on every reading. */
function live(life: Life, world: Partial<OffHeapWorld> = {}) {
  const { buffers = () => 20, heap = () => 100, native = () => 80, garbage = 30, room = 8_000 } = life;
  const { heapReserved = (atS: number) => heap(atS) + 40, quietUntilS = 0 } = life;
  const { collectedEveryS = 8, mayAsk = false } = life;
  const found: { readonly atS: number; readonly finding: Finding }[] = [];
  const kept: string[] = [];
  let atS = 0;
  let residentMb = 0;
  let collectedAtS = 0;
  let isAsked = false;
  const askedAtS: number[] = [];
  const offHeap = createOffHeap(
    {
      residentOfProcess: () => residentMb * mb,
      room: () => (room - residentMb) * mb,
      report(finding) {
        found.push({ atS, finding });
        return { id: 'one' } as Incident;
      },
      keep: (_incident, files) => void kept.push(...files.map(({ name }) => name)),
      collect: async () => {
        if (!mayAsk) return false;
        isAsked = true;
        askedAtS.push(atS);
        return true;
      },
      ...world,
    },
    quietUntilS * 1_000,
  );
  const second = (): void => {
    atS += 1;
    const noise = ((atS * 7_919) % 5) - 2;
    const isCollected = isAsked || atS % collectedEveryS === 0;
    if (isCollected) collectedAtS = atS;
    isAsked = false;
    const heldMb = buffers(atS) + (garbage * (atS - collectedAtS)) / collectedEveryS;
    // What a collection frees stays in RAM until the allocator uses it again.
    residentMb = heapReserved(atS) + buffers(atS) + garbage + native(atS) + noise;
    const floor = {
      atMs: atS * 1_000,
      bytes: (heap(atS) + noise / 2) * mb,
      externalBytes: (buffers(atS) + noise / 4) * mb,
    };
    offHeap.judge({
      monotonicMs: atS * 1_000,
      heap: {
        totalBytes: heapReserved(atS) * mb,
        usedBytes: heap(atS) * mb,
        limitBytes: 4_000 * mb,
        externalBytes: heldMb * mb,
        arrayBuffersBytes: heldMb * mb,
        spaces: [],
      },
      floors: isCollected ? [floor] : [],
      heapShare: heap(atS) / 4_000,
    });
  };
  const pass = (seconds: number): void => {
    for (let count = 0; count < seconds; count += 1) second();
  };
  return { offHeap, found, kept, pass, askedAtS };
}

const minutes = 60;
const ramp = (fromS: number, toS: number, risesMb: number) => (atS: number) =>
  Math.min(1, Math.max(0, (atS - fromS) / (toS - fromS))) * risesMb;
const levelsOff = (toMb: number, tauS: number) => (atS: number) => 20 + toMb * (1 - Math.exp(-atS / tauS));
const nightly = (atS: number) => (atS % 1_200 > 300 && atS % 1_200 < 900 ? 400 : 0);

const quiet: readonly [string, Life, number][] = [
  ['a service at rest', {}, 15 * minutes],
  ['a sawtooth of uploads that are let go of', { garbage: 200 }, 15 * minutes],
  ['buffers that breathe with the load', { buffers: (atS) => 80 + 60 * Math.sin(atS / 40) }, 30 * minutes],
  ['a cache of buffers that warms up and levels off', { buffers: levelsOff(600, 90) }, 30 * minutes],
  ['a slow cache of buffers that levels off', { buffers: levelsOff(500, 400) }, 30 * minutes],
  [
    'a big import during the first minute',
    { buffers: ramp(0, 50, 900), native: ramp(0, 50, 500), quietUntilS: 60 },
    20 * minutes,
  ],
  ['a table of buffers that is built at once', { buffers: (atS) => (atS < 300 ? 20 : 500) }, 20 * minutes],
  ['a batch of every night', { buffers: (atS) => 20 + nightly(atS) }, 50 * minutes],
  [
    'a heap that leaks, with the buffers of its objects',
    { buffers: (atS) => 20 + atS * 2, heap: (atS) => 100 + atS * 2 },
    10 * minutes,
  ],
  ['a heap that leaks alone', { heap: (atS) => 100 + atS * 3 }, 10 * minutes],
  ['buffers that shrink', { buffers: (atS) => Math.max(20, 800 - atS * 2) }, 10 * minutes],
  ['a growth of buffers that is too slow to matter', { buffers: (atS) => 20 + atS * 0.002 }, 40 * minutes],
  ['native memory that breathes', { native: (atS) => 200 + 80 * Math.sin(atS / 60) }, 30 * minutes],
  [
    'native memory of a first burst that levels off',
    { native: (atS) => 80 + 300 * (1 - Math.exp(-atS / 60)) },
    30 * minutes,
  ],
  ['a step of native memory', { native: (atS) => (atS < 400 ? 80 : 500) }, 30 * minutes],
  [
    'a heap that gives back to the rest what it had reserved',
    { heapReserved: (atS) => 800 - ramp(100, 700, 600)(atS), native: (atS) => 80 + ramp(100, 700, 600)(atS) },
    11 * minutes,
  ],
];

describe('stays quiet with', () => {
  for (const [title, life, seconds] of quiet) {
    test(title, () => {
      const { found, pass, offHeap } = live(life);
      pass(seconds);
      assert.deepEqual(
        found.slice(0, 1).map(({ atS, finding }) => `${finding.kind} after ${atS} s: ${finding.title}`),
        [],
      );
      assert.deepEqual(
        offHeap.readings().map(({ metric }) => metric),
        ['externalFloor'],
      );
    });
  }
});

type Kind = 'external-memory-growth' | 'rss-growth';
const firing: readonly [string, Life, number, Kind, [number, number]][] = [
  [
    '4 MB/s of kept buffers',
    { buffers: (atS) => 20 + atS * 4 },
    5 * minutes,
    'external-memory-growth',
    [40, 90],
  ],
  [
    '0.3 MB/s of kept buffers',
    { buffers: (atS) => 20 + atS * 0.3 },
    30 * minutes,
    'external-memory-growth',
    [600, 1_200],
  ],
  [
    'kept buffers after ten healthy minutes',
    { buffers: (atS) => 60 + Math.max(0, atS - 600) * 2 },
    20 * minutes,
    'external-memory-growth',
    [660, 800],
  ],
  [
    'kept buffers under a sawtooth of uploads',
    { buffers: (atS) => 20 + atS * 2, garbage: 150 },
    10 * minutes,
    'external-memory-growth',
    [60, 200],
  ],
  [
    'kept buffers with the small objects in front of them',
    { buffers: (atS) => 20 + atS * 4, heap: (atS) => 100 + atS * 0.2 },
    5 * minutes,
    'external-memory-growth',
    [40, 90],
  ],
  [
    'kept buffers where the container leaves little',
    { buffers: (atS) => 20 + atS, room: 500 },
    5 * minutes,
    'external-memory-growth',
    [35, 130],
  ],
  ['2 MB/s of native memory', { native: (atS) => 80 + atS * 2 }, 10 * minutes, 'rss-growth', [100, 200]],
  [
    '0.2 MB/s of native memory',
    { native: (atS) => 80 + atS * 0.2 },
    60 * minutes,
    'rss-growth',
    [900, 2_400],
  ],
  [
    'native memory after a healthy time',
    { native: (atS) => 80 + Math.max(0, atS - 600) * 2 },
    20 * minutes,
    'rss-growth',
    [690, 850],
  ],
  [
    'native memory under a sawtooth of uploads',
    { native: (atS) => 80 + atS * 2, garbage: 150 },
    10 * minutes,
    'rss-growth',
    [100, 260],
  ],
];

describe('tells of', () => {
  for (const [title, life, seconds, kind, [fromS, toS]] of firing) {
    test(title, () => {
      const { found, pass, kept } = live(life);
      pass(seconds);
      assert.deepEqual([...new Set(found.map(({ finding }) => finding.kind))], [kind]);
      const [first] = found;
      assert.ok(first !== undefined && first.atS >= fromS && first.atS <= toS, `after ${first?.atS} s`);
      const excluded = first.finding.ruledOut.map((other) => other.kind);
      const otherKind = kind === 'rss-growth' ? 'external-memory-growth' : 'rss-growth';
      assert.deepEqual(excluded.toSorted(), ['heap-leak', 'heap-near-limit', otherKind].toSorted());
      for (const { because } of first.finding.ruledOut) assert.match(because, /\d/);
      assert.deepEqual(kept, ['memory.json']);
    });
  }
});

describe('where V8 itself collects once in ten minutes', () => {
  const seldom: Life = { collectedEveryS: 600, garbage: 0, room: 700, mayAsk: true };

  test('1 MB/s of kept buffers are told within a minute, by collections that were asked for', () => {
    const { found, pass, askedAtS } = live({ ...seldom, buffers: (atS) => 20 + atS });
    pass(60);
    assert.deepEqual([...new Set(found.map(({ finding }) => finding.kind))], ['external-memory-growth']);
    assert.ok(askedAtS.length >= 4 && askedAtS.length <= 5, `asked at ${askedAtS}`);
  });

  test('they are not told by then where no collection can be had', () => {
    const { found, pass } = live({ ...seldom, buffers: (atS) => 20 + atS, mayAsk: false });
    pass(60);
    assert.deepEqual(found, []);
  });

  test('garbage in buffers costs two collections, the first of all and one more, and no incident', () => {
    const { found, pass, askedAtS } = live({ ...seldom, garbage: 900 });
    pass(550);
    assert.deepEqual(found, []);
    assert.equal(askedAtS.length, 2);
  });

  test('buffers that came all at once cost a few collections, and no incident', () => {
    const { found, pass, askedAtS } = live({ ...seldom, buffers: (atS) => (atS < 60 ? 20 : 160) });
    pass(500);
    assert.deepEqual(found, []);
    assert.ok(askedAtS.length >= 1 && askedAtS.length <= 2, `asked at ${askedAtS}`);
  });
});

test('says how fast, how much is left, and that the heap is flat', () => {
  const { found, pass } = live({ buffers: (atS) => 20 + atS * 4, room: 3_000 });
  pass(90);
  const { measurements, title, cause, severity } = found.at(-1)!.finding;
  assert.ok(Math.abs(measurements.bytesPerSecond! / (4 * mb) - 1) < 0.1, title);
  assert.ok(Math.abs(measurements.heapBytesPerSecond!) < 0.1 * mb, title);
  const secondsLeft = measurements.roomBytes! / measurements.bytesPerSecond!;
  assert.ok(Math.abs(measurements.secondsToLimit! - secondsLeft) <= 1);
  assert.ok(measurements.roomBytes! < 3_000 * mb);
  assert.deepEqual([cause, severity], ['buffers', 'warning']);
});

test('names the rest of the process as what grows, with heap and buffers in numbers', () => {
  const { found, pass } = live({ native: (atS) => 80 + atS * 2 });
  pass(240);
  const { measurements, cause, ruledOut } = found.at(-1)!.finding;
  assert.equal(cause, 'fragmentation-or-native');
  assert.ok(Math.abs(measurements.bytesPerSecond! / (2 * mb) - 1) < 0.1);
  assert.ok(Math.abs(measurements.residentBytesPerSecond! / (2 * mb) - 1) < 0.1);
  assert.equal(ruledOut.find(({ kind }) => kind === 'heap-leak')?.because, 'the heap grew by 0 kB/s');
});

test('publishes the time that is left while it grows, and takes it back when that ends', () => {
  const grown = (atS: number) => 20 + Math.min(atS, 200) * 4;
  const { offHeap, pass } = live({ buffers: grown });
  const names = () => offHeap.readings().map(({ metric }) => metric);
  pass(190);
  assert.deepEqual(names(), ['externalFloor', 'externalTimeToLimit']);
  pass(60);
  assert.deepEqual(names(), ['externalFloor']);
});

test('takes back that the process grows within two minutes of its end', () => {
  const { offHeap, pass } = live({ native: (atS) => 80 + Math.min(atS, 400) * 2 });
  const names = () => offHeap.readings().map(({ metric }) => metric);
  pass(400);
  assert.deepEqual(names(), ['externalFloor', 'nativeTimeToLimit']);
  pass(120);
  assert.deepEqual(names(), ['externalFloor']);
});

test('after the end of an incident a growth needs new points', () => {
  const { offHeap, pass, found, kept } = live({ buffers: (atS) => 20 + atS * 4 });
  pass(100);
  const before = found.length;
  offHeap.forget('external-memory-growth');
  pass(20);
  assert.equal(found.length, before);
  pass(100);
  assert.ok(found.length > before);
  assert.deepEqual(kept, ['memory.json', 'memory.json']);
});

test('an agent in a worker thread says nothing of what belongs to the process', () => {
  const { found, pass } = live({ native: (atS) => 80 + atS * 2 }, { residentOfProcess: () => null });
  pass(300);
  assert.deepEqual(found, []);
});
