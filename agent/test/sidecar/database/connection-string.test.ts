import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isSameTarget,
  plainConnectionString,
  targetOfConnectionString,
} from '../../../src/sidecar/database/connection-string.js';

for (const [text, target] of [
  ['postgres://u:p@db:6543/shop', 'db:6543/shop'],
  ['postgresql://u:p@db/shop?sslmode=require', 'db:5432/shop'],
  ['postgres://u%40x:p@db', 'db:5432/u@x'],
  ['postgres://u:p@localhost/shop?host=/run/postgresql', '/run/postgresql:5432/shop'],
] as const) {
  test(`${text} leads to ${target}`, () => assert.equal(targetOfConnectionString(text), target));
}

test('parameters that could lift the limits of a question are left out, those of the way to the server stay', () => {
  const text =
    'postgres://u:p%2F@db/shop?options=-c%20x%3Dy&sslmode=verify-full&statement_timeout=0&port=1&host=other';
  assert.equal(plainConnectionString(text), 'postgres://u:p%2F@db/shop?sslmode=verify-full&host=other');
});

for (const [one, other, same] of [
  ['db:5432/shop', 'db:5432/shop', true],
  ['DB:5432/shop', 'db:5432/shop', true],
  ['127.0.0.1:5432/shop', 'localhost:5432/shop', true],
  ['[::1]:5432/shop', 'localhost:5432/shop', true],
  ['db:5432/shop', 'db:5432/stock', false],
  ['db:5432/shop', 'db:5433/shop', false],
  ['db:5432/shop', 'replica:5432/shop', false],
] as const) {
  test(`${one} and ${other} are ${same ? 'the same database' : 'two databases'}`, () =>
    assert.equal(isSameTarget(one, other), same));
}
