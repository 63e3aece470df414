import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOwnPauses, type Pausing } from '../../src/sidecar/own-pauses.js';
import { aStall } from '../harness/make.js';

const yes: Pausing = { explains: () => true };
const no: Pausing = { explains: () => false };

test('a pause that a heap snapshot makes counts as one, also while a profile is taken', () => {
  assert.equal(createOwnPauses(yes, [yes])(aStall()), 'heap-snapshot');
});

test('a pause that any of the profiles makes counts as that', () => {
  assert.equal(createOwnPauses(no, [no, yes])(aStall()), 'profile');
});

test('any other block is left to the service', () => {
  assert.equal(createOwnPauses(no, [no])(aStall()), null);
});
