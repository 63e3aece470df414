import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCursor, encodeCursor } from '../src/cursor.js';
import { Problem } from '../src/problem.js';

for (const id of [0, 1, 50_000, 2_147_483_647])
  test(`a cursor after ${id} can be read again`, () => assert.equal(decodeCursor(encodeCursor(id)), id));

test('a cursor needs no escaping in a URL', () => {
  const cursor = encodeCursor(123_456);
  assert.equal(encodeURIComponent(cursor), cursor);
});

const encode = (text: string) => Buffer.from(text).toString('base64url');
const forged: readonly [what: string, cursor: string][] = [
  ['an empty text', ''],
  ['a plain number', '20'],
  ['text that is no JSON', encode('nonsense')],
  ['JSON that is no object', encode('5')],
  ['an object without id', encode('{"v":1}')],
  ['a negative id', encode('{"v":1,"after":-1}')],
  ['a fraction', encode('{"v":1,"after":1.5}')],
  ['an id beyond the integers of the database', encode('{"v":1,"after":2147483648}')],
  ['an id as text', encode('{"v":1,"after":"1 or 1=1"}')],
  ['more than we would have written', encode('{"v":1,"after":1,"x":2}')],
  ['a very long text', 'A'.repeat(10_000)],
];
for (const [what, cursor] of forged)
  test(`${what} is no cursor`, () => {
    assert.throws(
      () => decodeCursor(cursor),
      (error) => error instanceof Problem && error.status === 400 && error.code === 'invalid-cursor',
    );
  });
