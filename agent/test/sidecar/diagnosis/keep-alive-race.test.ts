import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DependencyWindow, idleBounds, type SocketReuse } from '../../../src/protocol/dependency.js';
import { createHistogram } from '../../../src/protocol/histogram.js';
import {
  keepAliveRaceRule,
  lookAtResets,
  type ResetSockets,
} from '../../../src/sidecar/diagnosis/keep-alive-race.js';
import { aDependencyWindow } from '../../harness/make.js';

/** Calls of one window by their sockets; idle times in ms. */
interface Calls {
  readonly answered?: readonly number[];
  readonly reset?: readonly number[];
  readonly freshAnswered?: number;
  readonly freshReset?: number;
}

const counted = (idleMs: readonly number[]) => {
  const histogram = createHistogram(idleBounds);
  for (const ms of idleMs) histogram.record(ms / 1_000);
  return histogram.read();
};
function window(
  { answered = [], reset = [], freshAnswered = 0, freshReset = 0 }: Calls,
  rest: Partial<DependencyWindow> = {},
): DependencyWindow {
  const sockets: SocketReuse = {
    freshAnswered,
    freshReset,
    reusedAnswered: counted(answered),
    reusedReset: counted(reset),
  };
  return aDependencyWindow([0.1], [], { sockets, ...rest });
}
/** So many numbers from the first to the last, in equal steps. */
const spread = (count: number, first: number, last: number): number[] =>
  Array.from({ length: count }, (_, step) => first + ((last - first) * step) / (count - 1));
const same = (count: number, ms: number): number[] => Array<number>(count).fill(ms);
const look = (...windows: readonly DependencyWindow[]): ResetSockets => {
  const seen = lookAtResets(windows);
  assert.ok(seen !== null);
  return seen;
};
const short = spread(20, 1, 80);
const long = spread(12, 105, 900);

const races: readonly [string, readonly DependencyWindow[]][] = [
  ['kept sockets are reset when they were idle for long', [window({ answered: short, reset: long })]],
  ['the same over several windows', [window({ answered: short }), window({ reset: long })]],
  [
    'all were idle for about as long as somebody waits, and those that were answered for less',
    [window({ answered: same(20, 3_000), reset: same(12, 5_000) })],
  ],
  ['minutes make no difference', [window({ answered: spread(20, 1, 340_000), reset: same(12, 350_000) })]],
  [
    'one of ten resets hits a new socket',
    [window({ answered: short, reset: spread(9, 105, 900), freshReset: 1 })],
  ],
  ['ten resets, the boundary', [window({ answered: short, reset: spread(10, 105, 900) })]],
  [
    'one in ten of those that were idle for long was answered',
    [window({ answered: [...short, 400, 500], reset: long })],
  ],
  ['every kept socket is reset, and no new one', [window({ reset: long, freshAnswered: 10 })]],
  [
    'too few kept ones were answered to compare, but one',
    [window({ answered: [2], reset: long, freshAnswered: 12 })],
  ],
];
const others: readonly [string, readonly DependencyWindow[]][] = [
  ['nothing was reset', [window({ answered: [...short, ...long], freshAnswered: 4 })]],
  ['only new sockets are reset', [window({ answered: short, freshReset: 12 })]],
  ['a fifth of the resets hit new sockets', [window({ answered: short, reset: long, freshReset: 3 })]],
  [
    'sockets are reset whatever their age, as by a server that breaks down',
    [window({ answered: spread(40, 1, 900), reset: spread(20, 1, 900) })],
  ],
  [
    'young sockets are reset, as by a limit of requests for each',
    [window({ answered: [...short, ...long], reset: spread(20, 1, 95) })],
  ],
  ['all were idle for the same time', [window({ answered: same(30, 100), reset: same(30, 100) })]],
  ['nine resets, below the boundary', [window({ answered: short, reset: spread(9, 105, 900) })]],
  [
    'a quarter of those that were idle for long was answered',
    [window({ answered: [...short, ...long], reset: long })],
  ],
  ['new sockets were not tried', [window({ reset: long })]],
  ['too few were answered on either kind', [window({ answered: [2], reset: long, freshAnswered: 9 })]],
  [
    'the own loop was blocked, so that the others hung up meanwhile',
    [
      window({ answered: short, reset: long }, { isDisturbed: true }),
      window({ answered: short, reset: long }, { isAftermath: true }),
      window({ answered: short }),
    ],
  ],
];
describe('is a keep-alive race, when', () => {
  for (const [title, windows] of races)
    test(title, () => assert.equal(look(...windows).isKeepAliveRace, true, JSON.stringify(look(...windows))));
});
describe('is none, when', () => {
  for (const [title, windows] of others)
    test(title, () =>
      assert.equal(look(...windows).isKeepAliveRace, false, JSON.stringify(look(...windows))),
    );
});

test('nothing is said where nobody tells of sockets, or the loop was disturbed all the time', () => {
  assert.equal(lookAtResets([]), null);
  assert.equal(lookAtResets([aDependencyWindow([0.1], [0.05])]), null);
  assert.equal(lookAtResets([window({ reset: long }, { isDisturbed: true })]), null);
});

test('the border lies between what was answered and what was reset', () => {
  const { idleFromSeconds, answeredIdleSeconds, longerShare, reusedResets, freshResets } = look(
    window({ answered: short, reset: long, freshReset: 1 }),
  );
  assert.deepEqual([reusedResets, freshResets, longerShare], [12, 1, 1]);
  assert.ok(
    answeredIdleSeconds! < 0.1 * 1.25 && idleFromSeconds! > 0.1,
    `${answeredIdleSeconds} ${idleFromSeconds}`,
  );
});

test('of pairs in one bucket a half counts', () => {
  assert.equal(look(window({ answered: same(4, 100), reset: same(3, 100) })).longerShare, 0.5);
  assert.equal(look(window({ answered: same(4, 100), reset: same(3, 1) })).longerShare, 0);
  assert.equal(keepAliveRaceRule.longerShare, 0.9);
});
