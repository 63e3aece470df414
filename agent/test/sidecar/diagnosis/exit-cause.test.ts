import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LastWords } from '../../../src/protocol/last-words.js';
import { exitRule, isTight, judgeExit } from '../../../src/sidecar/diagnosis/exit-cause.js';
import { someLastWords } from '../../harness/last-words.js';

const mb = 1e6;
type Numbers = Readonly<Record<string, number>>;
const heap = (oldMb: number, rest: Numbers = {}): Numbers => ({
  oldBytes: oldMb * mb,
  v8LimitBytes: 100 * mb,
  ...rest,
});
const alive = (liveMb: number, mbPerSecond = 0, liveAgeMs = 0): Numbers => ({
  liveBytes: liveMb * mb,
  liveBytesPerSecond: mbPerSecond * mb,
  liveAgeMs,
});
const container = (freeMb: number, fillMbPerSecond = 0): Numbers => ({
  containerFreeBytes: freeMb * mb,
  containerFillBytesPerSecond: fillMbPerSecond * mb,
  containerLimitBytes: 500 * mb,
});
const kills = (count: number, group = 'own') => ({ group, count });

const rows: readonly [string, Numbers, LastWords['memoryKills'], LastWords['memoryKills'], string][] = [
  ['a heap that was full', heap(96, alive(95)), null, null, 'heap-limit'],
  ['a heap that was full, of which no collection has told', heap(96), null, null, 'heap-limit'],
  ['a heap on the limit of the rule', heap(92, alive(92)), null, null, 'heap-limit'],
  ['a heap just below it', heap(91.9, alive(91.9)), null, null, 'unknown'],
  ['a heap that would have been full two seconds later', heap(75, alive(70, 12)), null, null, 'heap-limit'],
  ['a heap that would have had time', heap(75, alive(70, 4)), null, null, 'unknown'],
  ['a growth that has ended before what is used now', heap(30, alive(20, 10, 60_000)), null, null, 'unknown'],
  ['a working set with garbage up to the limit', heap(97, alive(60)), null, null, 'unknown'],
  ['collections without end', heap(84, { ...alive(82), gcRatio: 0.5 }), null, null, 'heap-limit'],
  ['collections without end of a half empty heap', heap(50, { gcRatio: 0.5 }), null, null, 'unknown'],
  ['a kill that the kernel has counted since', heap(40), kills(2), kills(3), 'container-kill'],
  ['a kill in another group', heap(40), kills(2, 'former'), kills(3), 'unknown'],
  ['no kill since', heap(40), kills(3), kills(3), 'unknown'],
  ['a count that has begun anew', heap(40), kills(3), kills(1), 'unknown'],
  ['a full heap in a container that has killed', heap(96), kills(0), kills(1), 'container-kill'],
  [
    'a full container whose count is lost',
    { ...heap(40), ...container(10) },
    null,
    kills(0),
    'container-kill',
  ],
  [
    'a full container that has killed nobody',
    { ...heap(40), ...container(10) },
    kills(0),
    kills(0),
    'unknown',
  ],
  [
    'a container that would have been full two seconds later',
    { ...heap(40), ...container(60, 25) },
    null,
    kills(0),
    'container-kill',
  ],
  ['a container with time left', { ...heap(40), ...container(60, 20) }, null, kills(0), 'unknown'],
  ['a container with some room', { ...heap(40), ...container(30) }, null, kills(0), 'unknown'],
  ['a full heap in a full container', { ...heap(96), ...container(10) }, null, null, 'unknown'],
  [
    'a full heap in a full container without a kill',
    { ...heap(96), ...container(10) },
    kills(0),
    kills(0),
    'heap-limit',
  ],
  ['nothing that is known', {}, null, null, 'unknown'],
];

describe('the exit cause of', () => {
  for (const [title, numbers, memoryKills, now, expected] of rows) {
    test(`${title}: ${expected}`, () => {
      const { cause, because } = judgeExit(someLastWords({ numbers, memoryKills }), now, exitRule);
      assert.equal(cause, expected, because);
    });
  }
});

describe('says why', () => {
  const because = (
    numbers: Numbers,
    before: LastWords['memoryKills'],
    now: LastWords['memoryKills'],
  ): string => judgeExit(someLastWords({ numbers, memoryKills: before }), now, exitRule).because;

  test('a heap was full within moments', () => {
    assert.equal(
      because(heap(75, alive(70, 12)), null, null),
      "its heap used 75 % of V8's 100 MB, of which 70 MB were alive and grew by 12.0 MB/s: full within 2 s",
    );
  });

  test('the kernel has killed', () => {
    assert.equal(
      because({ ...heap(40), ...container(1) }, kills(0), kills(1)),
      'the kernel has killed 1 for memory in its container since; its container had 1 MB left of 500 MB',
    );
  });

  test('nothing is known, with what speaks against each cause', () => {
    assert.equal(
      because(heap(40, alive(35)), kills(0), kills(0)),
      'no exit event: a signal such as SIGKILL, a SIGTERM that nobody handles, or a crash outside of JavaScript; ' +
        "its heap used 40 % of V8's 100 MB, of which 35 MB were alive; " +
        'the kernel has killed none for memory in its container since',
    );
  });
});

test('a loop that was blocked when the process was last seen is told, a loop at rest is not', () => {
  const becauseOf = (lastBeatAt: string): string =>
    judgeExit(someLastWords({ lastBeatAt }), null, exitRule).because;
  assert.match(becauseOf('2026-01-01T00:09:53.700Z'), /its event loop had been silent for 12\.3 s/);
  assert.doesNotMatch(becauseOf('2026-01-01T00:10:05.900Z'), /silent/);
});

describe('a process without an incident', () => {
  const end = (
    numbers: Numbers,
    before: LastWords['memoryKills'] = null,
    now: LastWords['memoryKills'] = null,
  ) => judgeExit(someLastWords({ incidents: [], numbers, memoryKills: before }), now, exitRule);

  test('that was healthy is not worth telling: somebody has stopped it', () => {
    assert.equal(end(heap(40)).isNotable, false);
    assert.equal(end({}).isNotable, false);
  });

  test('is told of when its heap was full', () => {
    assert.deepEqual([end(heap(96)).isNotable, end(heap(96)).cause], [true, 'heap-limit']);
  });

  test('is told of after a kill in its group, which may have been another one', () => {
    const { isNotable, cause, because } = end(heap(40), kills(0), kills(1));
    assert.deepEqual([isNotable, cause], [true, 'unknown']);
    assert.match(because, /killed 1 for memory/);
  });

  test('whose memory was tight when the kernel killed was killed', () => {
    assert.equal(end({ ...heap(40), ...container(40) }, kills(0), kills(1)).cause, 'container-kill');
  });
});

describe('memory is tight', () => {
  const cases: readonly [string, Numbers, boolean][] = [
    ['from four fifths of the heap on', heap(80), true],
    ['not below', heap(79.9), false],
    ['when it will be within five seconds', heap(60, alive(55, 6)), true],
    ['not when that takes longer', heap(60, alive(55, 4)), false],
    ['with a tenth of the container left', container(50), true],
    ['not with more', container(51), false],
    ['when so little will be left within five seconds', container(100, 10), true],
    ['not when that takes longer', container(100, 9), false],
    ['not when nothing is known', {}, false],
  ];
  for (const [title, numbers, expected] of cases) test(title, () => assert.equal(isTight(numbers), expected));
});
