import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOperationLooks } from '../../../src/sidecar/watchdog/operation-looks.js';

const rows: readonly [string, readonly [string | null, number][], string | null, number][] = [
  ['nothing before the first look', [], null, 0],
  [
    'nothing when no call was seen',
    [
      [null, 100],
      [null, 200],
    ],
    null,
    0,
  ],
  [
    'a call that was seen at every look',
    [
      ['fs.readSync', 100],
      ['fs.readSync', 150],
    ],
    'fs.readSync',
    1,
  ],
  [
    'its share of the time, not of the looks',
    [
      ['a.b', 100],
      [null, 110],
      [null, 120],
    ],
    'a.b',
    100 / 120,
  ],
  [
    'the call that took longest',
    [
      ['a.b', 30],
      ['c.d', 100],
    ],
    'c.d',
    0.7,
  ],
  ['nothing from a clock that went back', [['a.b', -10]], null, 0],
];

for (const [title, looks, operation, operationRatio] of rows) {
  test(`tells ${title}`, () => {
    const seen = createOperationLooks(0);
    for (const [name, atMs] of looks) seen.see(name, atMs);
    assert.deepEqual(seen.read(), { operation, operationRatio });
  });
}
