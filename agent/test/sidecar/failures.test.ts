import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { createFailures } from '../../src/sidecar/failures.js';

function setUp() {
  const lines: { readonly part?: string; readonly err?: { readonly message: string } }[] = [];
  let onDropped = (): void => {};
  const failures = createFailures((dropped) => {
    onDropped = dropped;
    return pino({}, { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) });
  });
  return { ...failures, lines, onDropped: () => onDropped() };
}

const fail = (message: string) => (): void => {
  throw new Error(message);
};

test('every part begins at 0, so that a rate can be told from the first failure on', () => {
  const { counts } = setUp();
  assert.ok(counts.size > 0);
  assert.ok([...counts.values()].every((count) => count === 0));
});

test('what goes wrong in a part is counted each time, told once, and stops nobody', () => {
  const { counts, guard, lines } = setUp();
  let runs = 0;
  guard('diagnosis', fail('first'));
  guard('diagnosis', fail('second'));
  guard('http', fail('third'));
  guard('messages', () => (runs += 1));
  assert.equal(runs, 1);
  assert.deepEqual(
    ['diagnosis', 'http', 'messages'].map((part) => counts.get(part)),
    [2, 1, 0],
  );
  assert.deepEqual(
    lines.map(({ part, err }) => [part, err?.message]),
    [
      ['diagnosis', 'first'],
      ['http', 'third'],
    ],
  );
});

test('a part that nobody has named is counted all the same', () => {
  const { counts, count } = setUp();
  count('watchdog', new Error('late'));
  assert.equal(counts.get('watchdog'), 1);
});

test('a line that the log could not write is counted, and not logged', () => {
  const { counts, onDropped, lines } = setUp();
  onDropped();
  assert.equal(counts.get('log'), 1);
  assert.deepEqual(lines, []);
});
