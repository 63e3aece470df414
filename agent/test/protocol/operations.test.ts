import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationName, operations } from '../../src/protocol/operations.js';

test('every call has a number that gives its name back', () => {
  const names = operations.map((_operation, index) => operationName(index + 1));
  assert.ok(names.includes('fs.readFileSync') && names.includes('JSON.parse'));
  assert.ok(names.every((name) => /^\w+(\.\w+)+$/.test(name ?? '')));
});

test('no call stands in the table twice', () => {
  const names = operations.map(({ module, method }) => `${module}.${method}`);
  assert.equal(new Set(names).size, names.length);
});

for (const number of [0, -1, operations.length + 1, 2 ** 31 - 1]) {
  test(`the number ${number} stands for no call`, () => assert.equal(operationName(number), null));
}
