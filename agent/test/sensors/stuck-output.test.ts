import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStuckOutput, type StuckOutput } from '../../src/sensors/stuck-output.js';

const stdout = 91;
const stderr = 92;
const full = Object.assign(new Error('resource temporarily unavailable'), { code: 'EAGAIN' });
const gone = Object.assign(new Error('broken pipe'), { code: 'EPIPE' });

const rows: readonly [string, (stuck: StuckOutput, turn: () => void) => void, number][] = [
  ['is the output that was full just before', (stuck) => stuck.failed(stdout, full), stdout],
  [
    'is the output that was full last',
    (stuck) => {
      stuck.failed(stdout, full);
      stuck.failed(stderr, full);
    },
    stderr,
  ],
  [
    'is the full one although the other one has taken something',
    (stuck) => {
      stuck.failed(stdout, full);
      stuck.wrote(stderr);
    },
    stdout,
  ],
  ['is nothing before the first write', () => {}, 0],
  ['is nothing after a write that was refused for good', (stuck) => stuck.failed(stdout, gone), 0],
  ['is nothing after something thrown that is no error', (stuck) => stuck.failed(stdout, null), 0],
  [
    'is nothing when the output has taken it at last',
    (stuck) => {
      stuck.failed(stdout, full);
      stuck.wrote(stdout);
    },
    0,
  ],
  [
    'is nothing in a later turn of the loop',
    (stuck, turn) => {
      stuck.failed(stdout, full);
      turn();
    },
    0,
  ],
];
for (const [title, happen, expected] of rows) {
  test(`what a sleep waits for ${title}`, () => {
    let beats = 7;
    const stuck = createStuckOutput(() => beats);
    happen(stuck, () => (beats += 1));
    assert.equal(stuck.awaited(), expected);
  });
}
