import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSmallFile } from '../../../src/sidecar/watchdog/small-file.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

test('reads what a file holds now, also when it has become shorter', (t) => {
  const path = join(temporaryDirectory(t), 'numbers');
  for (const text of ['12345 678\n', '9 1\n', '']) {
    writeFileSync(path, text);
    assert.equal(readSmallFile(path), text);
  }
});

test('leaves no descriptor open, and throws what node:fs throws', {
  skip: process.platform !== 'linux',
}, () => {
  const before = readdirSync('/proc/self/fd').length;
  assert.equal(readSmallFile('/proc/self/comm'), readFileSync('/proc/self/comm', 'latin1'));
  assert.throws(() => readSmallFile('/proc/self/none'), { code: 'ENOENT' });
  assert.equal(readdirSync('/proc/self/fd').length, before);
});
