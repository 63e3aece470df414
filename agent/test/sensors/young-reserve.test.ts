import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { youngReserve } from '../../src/sensors/young-reserve.js';

const mb = 1_048_576;

const rows: readonly [string, readonly string[], number, number, number][] = [
  ['the size that was given for old space leaves the rest', ['--max-old-space-size=200'], 20, 248, 48],
  ['on Node 24 that is far more', ['--max-old-space-size=200'], 24, 392, 192],
  ['the last flag counts', ['--max-old-space-size=100', '--max_old_space_size=200'], 22, 248, 48],
  ['semi-spaces that were given count three times', ['--max-semi-space-size=32'], 20, 4_192, 96],
  ['without flags Node 20 has 48 MB', [], 20, 4_144, 48],
  ['without flags Node 24 has 192 MB', [], 24, 4_288, 192],
  ['without flags Node 26 has 96 MB', ['--inspect=0'], 26, 4_192, 96],
  ['nonsense is no number', ['--max-old-space-size=', '--max-semi-space-size=x'], 20, 4_144, 48],
  ['never more than half of a tiny limit', [], 24, 200, 100],
  ['never less than nothing', ['--max-old-space-size=5000'], 20, 4_144, 0],
];

describe('what young spaces take of the limit', () => {
  for (const [title, flags, major, limitMb, expectedMb] of rows) {
    test(title, () => assert.equal(youngReserve(flags, major, limitMb * mb) / mb, expectedMb));
  }
});

test('the sizes by version are those of this Node', async () => {
  // With old space given the limit tells the young part; without it the table has to know.
  const script = 'console.log(v8.getHeapStatistics().heap_size_limit)';
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--max-old-space-size=4096', '-e', script],
    {
      env: {},
    },
  );
  const major = Number.parseInt(process.versions.node, 10);
  assert.equal(youngReserve([], major, Number(stdout)) / mb, Number(stdout) / mb - 4_096);
});
