import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAskedCollections } from '../../src/sidecar/asked-collections.js';

const mb = 1e6;

/** What a process holds outside the heap at each second. Unit: MB. */
interface Life {
  readonly kept: (atS: number) => number;
  /** On top of what is kept, from the last collection on; a second. */
  readonly garbage?: number;
  readonly highWater?: number;
  /** Whether there was any collection before the first second. */
  readonly isCollected?: boolean;
  /** What becomes of a collection that was asked for. */
  readonly answer?: 'collected' | 'refused';
}

/** Tells at which seconds a collection was asked for. */
async function asks(life: Life, seconds: number, forgetAtS = -1): Promise<number[]> {
  const { kept, garbage = 0, highWater = 0, isCollected = true, answer = 'collected' } = life;
  const asked: number[] = [];
  let atS = 0;
  let collectedAtS = 0;
  let floor = isCollected ? { atMs: 0, externalBytes: kept(0) * mb } : null;
  const collections = createAskedCollections(async () => {
    asked.push(atS);
    if (answer === 'collected') {
      collectedAtS = atS;
      floor = { atMs: atS * 1_000 + 50, externalBytes: kept(atS) * mb };
    }
    return answer !== 'refused';
  });
  for (atS = 1; atS <= seconds; atS += 1) {
    if (atS === forgetAtS) collections.forget();
    const externalBytes = (kept(atS) + garbage * (atS - collectedAtS)) * mb;
    collections.look({ nowMs: atS * 1_000, externalBytes, floor, highWaterBytes: highWater * mb });
    await Promise.resolve();
    await Promise.resolve();
  }
  return asked;
}

describe('collections are asked for', () => {
  const rows: readonly [string, Life, number, readonly number[]][] = [
    ['from a rise of 8 MB on, ten seconds apart', { kept: (atS) => 20 + atS }, 45, [8, 18, 28, 38]],
    ['before V8 has made any', { kept: (atS) => atS, isCollected: false }, 20, [8, 18]],
    ['at most five times for one growth', { kept: (atS) => 20 + atS }, 300, [8, 18, 28, 38, 48]],
    ['further apart while less comes together', { kept: (atS) => 20 + atS * 0.4 }, 70, [20, 40, 60]],
    ['never for a rise below 8 MB', { kept: (atS) => 20 + Math.min(7.9, atS) }, 300, []],
    ['never below what the process has come back from', { kept: (atS) => 20 + atS, highWater: 400 }, 300, []],
    ['once where all of it was garbage', { kept: () => 20, garbage: 2 }, 300, [4]],
    ['once where most of it was garbage', { kept: (atS) => 20 + atS, garbage: 3 }, 300, [2]],
    ['once where none can be had', { kept: (atS) => 20 + atS, answer: 'refused' }, 300, [8]],
    ['once for a step', { kept: (atS) => (atS < 100 ? 20 : 90) }, 300, [100]],
  ];
  for (const [title, life, seconds, expected] of rows) {
    test(title, async () => assert.deepEqual(await asks(life, seconds), expected));
  }
});

test('a suspicion that came to nothing rests for ten minutes, and then twice as long', async () => {
  const asked = await asks({ kept: () => 20, garbage: 2 }, 3_600);
  const apart = asked.slice(1).map((atS, index) => atS - asked[index]!);
  assert.equal(asked.length, 3);
  assert.ok(apart[0]! >= 600 && apart[0]! < 660, `${apart}`);
  assert.ok(apart[1]! >= 1_200 && apart[1]! < 1_260, `${apart}`);
});

test('after the end of an incident collections are asked for at once again', async () => {
  const asked = await asks({ kept: (atS) => 20 + atS }, 130, 100);
  assert.deepEqual(asked.slice(0, 6), [8, 18, 28, 38, 48, 100]);
});
