import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTurns } from '../../../src/sensors/pools/turns.js';

/** So many things, with turns of four; those that are urgent become so at their first look. */
function start(count: number, isUrgent: (thing: number) => boolean = () => false) {
  const turns = createTurns<number>(4);
  for (let thing = 0; thing < count; thing += 1) turns.add(thing);
  const next = (): number[] => {
    const looks: number[] = [];
    turns.next((thing) => {
      looks.push(thing);
      return isUrgent(thing);
    });
    return looks;
  };
  return { turns, next };
}

describe('who is looked at, turn by turn', () => {
  const rows: readonly [string, number, (thing: number) => boolean, number[][]][] = [
    ['nobody, where there is none', 0, () => false, [[], []]],
    [
      'all of as many as may be',
      4,
      () => false,
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ],
    [
      'all of as many as may be, urgent ones first',
      4,
      (thing) => thing > 1,
      [
        [0, 1, 2, 3],
        [2, 3, 0, 1],
      ],
    ],
    [
      'all of as many as may be, though all are urgent',
      4,
      () => true,
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ],
    [
      'of more, those that were not looked at for longest',
      6,
      () => false,
      [
        [0, 1, 2, 3],
        [4, 5, 0, 1],
        [2, 3, 4, 5],
      ],
    ],
    [
      'an urgent one each time',
      6,
      (thing) => thing === 0,
      [
        [0, 1, 2, 3],
        [0, 4, 5, 1],
        [0, 2, 3, 4],
      ],
    ],
    [
      'urgent ones in half of the looks',
      7,
      (thing) => thing < 3,
      [
        [0, 1, 2, 3],
        [0, 1, 4, 5],
        [2, 0, 6, 3],
      ],
    ],
  ];
  for (const [title, count, isUrgent, looks] of rows) {
    test(title, () => {
      const { next } = start(count, isUrgent);
      assert.deepEqual(looks.map(next), looks);
    });
  }
});

test('says how many of a kind come in this turn', () => {
  const { turns } = start(6, () => false);
  const left: number[] = [];
  turns.next((thing, more) => {
    left.push(more);
    return thing === 0;
  });
  turns.next((_thing, more) => left.push(more) < 0);
  assert.deepEqual(left, [4, 3, 2, 1, 1, 3, 2, 1]);
});

test('what was deleted has no turn, also if it was in its own', () => {
  const { turns, next } = start(3);
  turns.delete(1);
  assert.deepEqual(next(), [0, 2]);
  turns.next((thing) => {
    turns.delete(thing);
    return true;
  });
  assert.deepEqual(next(), []);
});

test('what is no longer urgent waits for its turn like the others', () => {
  let urgent = new Set([0]);
  const { next } = start(9, (thing) => urgent.has(thing));
  assert.deepEqual(
    [next(), next()],
    [
      [0, 1, 2, 3],
      [0, 4, 5, 6],
    ],
  );
  urgent = new Set();
  assert.deepEqual(
    [next(), next(), next()],
    [
      [0, 7, 8, 1],
      [2, 3, 4, 5],
      [6, 0, 7, 8],
    ],
  );
});
