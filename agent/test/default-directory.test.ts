import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultDirectory } from '../src/default-directory.js';
import { temporaryDirectory } from './harness/temporary-directory.js';

test('the default directory is the shared name while nobody has it', (t) => {
  const temporary = temporaryDirectory(t);
  assert.equal(defaultDirectory(temporary, 1_234), join(temporary, 'faultline'));
});

test('the default directory is the shared name for who owns it, and one with the user id for others', (t) => {
  const temporary = temporaryDirectory(t);
  const shared = join(temporary, 'faultline');
  mkdirSync(shared);
  const { uid } = statSync(shared);
  assert.equal(defaultDirectory(temporary, uid), shared);
  assert.equal(defaultDirectory(temporary, uid + 1), `${shared}-${uid + 1}`);
});

test('a system without user ids has one default directory', (t) => {
  const temporary = temporaryDirectory(t);
  mkdirSync(join(temporary, 'faultline'));
  const withoutIds = process.getuid;
  Object.defineProperty(process, 'getuid', { value: undefined, configurable: true });
  t.after(() => Object.defineProperty(process, 'getuid', { value: withoutIds, configurable: true }));
  assert.equal(defaultDirectory(temporary), join(temporary, 'faultline'));
});
