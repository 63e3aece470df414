import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeapProfile } from '../../src/protocol/heap-profile.js';
import type { MemoryWorld } from '../../src/sidecar/memory.js';
import { type Found, live, mb, profileOf, ramp } from '../harness/heap-life.js';

const near = (found: readonly Found[]) => found.filter(({ finding }) => finding.kind === 'heap-near-limit');
const fills = (toMb: number) => (atS: number) => 60 + ramp(30, 36, toMb - 60)(atS);

const limits: readonly [
  string,
  (atS: number) => number,
  Partial<MemoryWorld>,
  'working-set' | 'container' | 'leak' | null,
][] = [
  ['a working set of nine tenths', fills(1_800), {}, 'working-set'],
  ['a working set of four fifths', fills(1_600), {}, null],
  [
    'four fifths where young spaces have a tenth',
    fills(1_600),
    { youngReserveBytes: 200 * mb },
    'working-set',
  ],
  ['a leak that has come so far', (atS) => 60 + atS * 8, {}, 'leak'],
  ['a nightly batch of two thirds', (atS) => (atS > 200 && atS < 400 ? 1_300 : 100), {}, null],
  [
    'a quarter where the container leaves a little more',
    fills(500),
    { containerLimit: () => 600 * mb, resident: () => 590 * mb },
    'container',
  ],
];

describe('near the limit', () => {
  for (const [title, keptMb, world, cause] of limits) {
    test(`${title}: ${cause ?? 'quiet'}`, async () => {
      const { found, run } = live(keptMb, 240, world);
      await run();
      assert.deepEqual(
        [...new Set(near(found).map(({ finding }) => finding.cause))],
        cause === null ? [] : [cause],
      );
      const isLeak = found.some(({ finding }) => finding.kind === 'heap-leak');
      assert.equal(isLeak, cause === 'leak');
    });
  }

  test('a container that fills in the quiet time at the start is told; a heap that fills is not', async () => {
    const inContainer = { containerLimit: () => 600 * mb, resident: () => 590 * mb };
    for (const [world, expected] of [
      [inContainer, ['container']],
      [{}, []],
    ] as const) {
      const { found, run } = live(fills(500), 100, world, 300);
      await run();
      assert.deepEqual([...new Set(near(found).map(({ finding }) => finding.cause))], expected);
    }
  });

  test('the numbers are kept at once, and the profile when it is there', async () => {
    let finish: (profile: HeapProfile | null) => void = () => {};
    const { found, kept, pass } = live(fills(1_000), 0, {
      containerLimit: () => 1_100 * mb,
      read: () => new Promise<HeapProfile | null>((resolve) => (finish = resolve)),
    });
    await pass(60);
    assert.equal(near(found).at(-1)?.finding.culprit, null);
    assert.deepEqual(kept, [['memory.json']]);
    finish(profileOf(800 * mb));
    await pass(5);
    assert.equal(near(found).at(-1)?.finding.culprit?.function, 'keep');
    assert.deepEqual(kept, [['memory.json'], ['memory.json', 'allocations.heapprofile']]);
  });
});
