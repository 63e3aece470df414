import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { createDescriptorReader, isExhausted, parseLimit } from '../../src/sensors/descriptors.js';

test('counts the descriptors of this process, and not its own', (t) => {
  const read = createDescriptorReader();
  const before = read();
  if (before === null) return t.skip('this system has no /proc/self/fd');
  const descriptors = [1, 2, 3].map(() => openSync('/dev/null', 'r'));
  const after = read();
  for (const descriptor of descriptors) closeSync(descriptor);
  assert.equal(after!.open, before.open + 3);
  assert.ok(after!.limit! > after!.open);
});

test('reads the soft limit, which may be none', () => {
  const limits = (soft: string) =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft}                 4096                 files     \n`;
  assert.equal(parseLimit(limits('64')), 64);
  assert.equal(parseLimit(limits('unlimited')), null);
  assert.equal(parseLimit(''), null);
});

test('only the own limit means that every descriptor is taken', () => {
  const withCode = (code: string) => Object.assign(new Error(code), { code });
  assert.equal(isExhausted(withCode('EMFILE')), true);
  for (const other of [withCode('ENFILE'), withCode('ENOENT'), new Error('x'), null]) {
    assert.equal(isExhausted(other), false);
  }
});
