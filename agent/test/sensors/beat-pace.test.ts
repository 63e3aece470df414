import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBeatPace } from '../../src/sensors/beat-pace.js';

const workingMs = 25;
const restingMs = 100;

/** A loop on a clock of its own, which is active for a share of the time. */
function paced() {
  let nowMs = 1_000;
  let activeMs = 0;
  const pace = createBeatPace({ workingMs, restingMs }, () => activeMs, nowMs);
  return {
    pace,
    work: () => pace.work(nowMs),
    /** Beats at the pace's own interval for so long. */
    pass(forMs: number, activeShare: number): void {
      for (const endMs = nowMs + forMs; nowMs < endMs; ) {
        const stepMs = pace.intervalMs();
        nowMs += stepMs;
        activeMs += stepMs * activeShare;
        pace.afterBeat(nowMs);
      }
    },
  };
}

const cases = [
  { title: 'works at first', forMs: 900, share: 0, expected: workingMs },
  { title: 'rests after an idle second', forMs: 1_100, share: 0, expected: restingMs },
  { title: 'rests with the housekeeping of an idle service', forMs: 5_000, share: 0.02, expected: restingMs },
  { title: 'works on while the loop is active', forMs: 60_000, share: 0.05, expected: workingMs },
];
for (const { title, forMs, share, expected } of cases) {
  test(title, () => {
    const { pace, pass } = paced();
    pass(forMs, share);
    assert.equal(pace.intervalMs(), expected);
  });
}

test('goes on resting while the loop is a little active, and works again when it is more', () => {
  const { pace, pass } = paced();
  pass(2_000, 0);
  pass(2_000, 0.09);
  assert.equal(pace.intervalMs(), restingMs);
  pass(restingMs, 0.11);
  assert.equal(pace.intervalMs(), workingMs);
});

test('works as soon as something begins, and tells that once', () => {
  const { pace, pass, work } = paced();
  pass(2_000, 0);
  assert.deepEqual([work(), work()], [true, false]);
  assert.equal(pace.intervalMs(), workingMs);
});

test('does not rest while something begins at least once a second, however little it does', () => {
  const { pace, pass, work } = paced();
  for (let second = 0; second < 10; second += 1) {
    work();
    pass(900, 0);
    assert.equal(pace.intervalMs(), workingMs);
  }
  pass(2_100, 0);
  assert.equal(pace.intervalMs(), restingMs);
});
