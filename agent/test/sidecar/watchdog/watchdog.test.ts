import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as immediately } from 'node:timers/promises';
import { monotonicMs } from '../../../src/protocol/clock.js';
import type { RawSample } from '../../../src/sidecar/watchdog/capture.js';
import type { WatchdogWorld } from '../../../src/sidecar/watchdog/watchdog.js';
import { intervalMs, thresholdMs, watchedThread } from '../../harness/watched-thread.js';

const idleTimes = { onCpuMs: 0, runQueueMs: 0, throttledMs: null, isReady: false };
/** From the last beat before a block to the moment that it is noticed. */
const noticeMs = intervalMs + thresholdMs;

describe('notices a stall', () => {
  test('when the heartbeat is late by the threshold, and not a millisecond before', async (t) => {
    const { time, block, stalls, watchdog } = watchedThread(t);
    await time.advance(intervalMs * 40);
    block(10_000);
    await time.advance(noticeMs - 1);
    assert.equal(watchdog.current(), null);
    assert.equal(stalls.length, 0);
    await time.advance(1);
    assert.equal(watchdog.current()?.blockedMs, thresholdMs);
    assert.equal(stalls.length, 1);
  });

  test('not when a heartbeat comes just in time, however often', async (t) => {
    const { time, block, stalls } = watchedThread(t);
    for (let round = 0; round < 50; round += 1) {
      block(noticeMs - 1);
      await time.advance(noticeMs + intervalMs);
    }
    assert.deepEqual(stalls, []);
  });

  test('for every block, with a number of its own', async (t) => {
    const { time, block, stalls } = watchedThread(t);
    for (const ms of [300, 5_000, 140]) {
      block(ms);
      await time.advance(ms + 1_000);
    }
    const ended = stalls.filter((stall) => stall.ended);
    assert.deepEqual(
      ended.map(({ id, blockedMs }) => [id, blockedMs]),
      [
        [1, 300 - intervalMs],
        [2, 5_000 - intervalMs],
        [3, 140 - intervalMs],
      ],
    );
  });
});

describe('when the loop has rested', () => {
  test('notices a block by the working pace, if it is told that work has begun', async (t) => {
    const { time, block, rest, stalls, watchdog } = watchedThread(t);
    await time.advance(1_000);
    rest();
    await time.advance(1_030);
    rest(false);
    watchdog.planAnew();
    block(1_000);
    await time.advance(noticeMs);
    assert.equal(stalls.length, 1);
  });

  test('reads the use of the CPU once a second only', async (t) => {
    let reads = 0;
    const readCpuTimes = () => {
      reads += 1;
      return null;
    };
    const { time, rest } = watchedThread(t, { readCpuTimes: () => readCpuTimes() ?? idleTimes });
    rest();
    await time.advance(2_000);
    reads = 0;
    await time.advance(10_000);
    assert.ok(reads >= 5 && reads <= 10, `${reads} reads`);
  });
});

describe('is not fooled', () => {
  test('by a process that was stopped: its own thread was late as well', async (t) => {
    const { time, block, stalls, deltas } = watchedThread(t);
    await time.advance(1_000);
    time.pass(1_500);
    // This thread runs first after SIGCONT; the main thread needs a moment longer.
    block(60);
    await time.advance(2_000);
    assert.deepEqual([stalls, deltas], [[], []]);
  });

  test('and still sees a block that begins right after a stop', async (t) => {
    const { time, block, stalls } = watchedThread(t);
    await time.advance(1_000);
    time.pass(1_500);
    block(600);
    await time.advance(2_000);
    assert.equal(stalls.at(-1)?.ended, true);
    assert.ok(stalls.at(-1)!.blockedMs < 700, `${stalls.at(-1)?.blockedMs} ms include the stop`);
  });
});

describe('asks whether its own late thread was asleep', () => {
  const rows: readonly [string, Partial<WatchdogWorld>, boolean][] = [
    ['it has run or waited for a CPU all the while: no', { readOwnBusyMs: monotonicMs }, false],
    ['it has neither run nor waited: yes', { readOwnBusyMs: () => 12 }, true],
    ['nobody tells: yes', { readOwnBusyMs: () => null }, true],
    [
      'a quota held the process back: no',
      {
        readOwnBusyMs: () => 12,
        readCpuTimes: () => ({ onCpuMs: 0, runQueueMs: 0, throttledMs: monotonicMs(), isReady: true }),
      },
      false,
    ],
    [
      'no quota has held it back since: yes',
      {
        readOwnBusyMs: () => 12,
        readCpuTimes: () => ({ onCpuMs: 0, runQueueMs: 0, throttledMs: 90_000, isReady: true }),
      },
      true,
    ],
  ];
  for (const [title, world, wasAsleep] of rows) {
    test(title, async (t) => {
      const { time, block, watchdog } = watchedThread(t, world);
      await time.advance(1_000);
      block(400);
      time.pass(300);
      await time.advance(1);
      const isNoticed = watchdog.current() !== null;
      assert.equal(isNoticed, !wasAsleep);
    });
  }
});

test('notices a block although its own thread is late again and again', async (t) => {
  const { time, block, stalls } = watchedThread(t, {}, 70);
  await time.advance(1_000);
  block(1_000);
  await time.advance(2_000);
  assert.ok(stalls.at(-1)!.blockedMs > 500, `${stalls.at(-1)?.blockedMs}`);
});

describe('tells how long the block lasted', () => {
  test('by the beat that ended it, not by the look that found it ended', async (t) => {
    const { time, block, stalls } = watchedThread(t, { random: () => 0.99 });
    block(3_000);
    await time.advance(6_000);
    assert.equal(stalls.at(-1)?.ended, true);
    assert.equal(stalls.at(-1)?.blockedMs, 3_000 - intervalMs);
  });

  test('and the pieces of blocked time add up to it', async (t) => {
    const { time, block, deltas } = watchedThread(t);
    for (const ms of [150, 2_000, 700]) {
      block(ms);
      await time.advance(ms + 1_000);
    }
    const sum = deltas.reduce((total, delta) => total + delta, 0);
    assert.ok(deltas.every((delta) => delta > 0));
    assert.ok(Math.abs(sum - (150 + 2_000 + 700 - 3 * intervalMs)) < 0.01, `${sum} ms`);
  });

  test('while it goes on, with pieces that come all the time', async (t) => {
    const { time, block, deltas, watchdog } = watchedThread(t);
    block(10_000);
    await time.advance(5_000);
    const sum = deltas.reduce((total, delta) => total + delta, 0);
    assert.ok(sum > 4_000 && sum <= 5_000, `${sum} ms`);
    assert.equal(watchdog.current()?.blockedMs, 5_000 - intervalMs);
  });
});

describe('takes stacks', () => {
  test('at once, then at jittered and growing distances, 64 for one stall', async (t) => {
    let step = 0;
    const thread = watchedThread(t, {
      random: () => (step++ % 10) / 10,
      capture: async () => thread.answer(),
    });
    thread.block(60_000);
    const startMs = thread.time.now();
    await thread.time.advance(60_000);
    const gaps = thread.captures.slice(1).map((atMs, index) => atMs - thread.captures[index]!);
    assert.equal(thread.captures[0], startMs + noticeMs);
    assert.equal(thread.captures.length, 64);
    assert.ok(gaps[0]! <= 20 && gaps[1]! <= 30, `${gaps.slice(0, 2)}`);
    assert.ok(Math.max(...gaps) <= 375 && Math.max(...gaps) > 250, `${Math.max(...gaps)}`);
    assert.ok(new Set(gaps.slice(-20)).size > 5, 'the distances are all alike');
    assert.equal(thread.watchdog.current()?.samples.length, 64);
  });

  test('400 times a minute at the most, over all stalls, and again in the next minute', async (t) => {
    const thread = watchedThread(t, { capture: async () => thread.answer() });
    const blockFor = async (totalMs: number): Promise<void> => {
      for (let passedMs = 0; passedMs < totalMs; passedMs += 200) {
        thread.block(190);
        await thread.time.advance(200);
      }
    };
    await blockFor(59_000);
    assert.equal(thread.captures.length, 400);
    await blockFor(10_000);
    assert.ok(thread.captures.length > 420, `${thread.captures.length}`);
  });

  test('and goes on to report a stall that has all its stacks, so that nobody takes it for over', async (t) => {
    const { time, block, stalls } = watchedThread(t);
    block(60_000);
    let seen = 0;
    for (let second = 1; second < 60; second += 1) {
      await time.advance(1_000);
      assert.ok(stalls.length > seen, `no report in second ${second}`);
      seen = stalls.length;
    }
  });

  test('also when none can be had, without end or haste', async (t) => {
    const thread = watchedThread(t, { capture: async () => null, blindBecause: () => 'no inspector' });
    thread.block(5_000);
    await thread.time.advance(7_000);
    assert.equal(thread.stalls.at(-1)?.blindBecause, 'no inspector');
    assert.equal(thread.stalls.at(-1)?.ended, true);
    assert.ok(thread.captures.length < 64, `${thread.captures.length}`);
  });

  test('and goes on after a capture that failed', async (t) => {
    let fails = true;
    const thread = watchedThread(t, {
      capture: async () => {
        if (!fails) return thread.answer();
        fails = false;
        throw new Error('no session');
      },
    });
    thread.block(1_000);
    await thread.time.advance(2_000);
    assert.ok(thread.stalls.at(-1)!.samples.length > 2);
  });
});

test('goes on after a stack that cannot be placed', async (t) => {
  const { time, block, stalls } = watchedThread(t, {
    locate() {
      throw new Error('no such place');
    },
  });
  block(1_000);
  await time.advance(2_000);
  assert.deepEqual([stalls.at(-1)?.ended, stalls.at(-1)?.samples], [true, []]);
});

describe('late answers', () => {
  /** A capture that answers when the test says so. */
  function heldCapture() {
    const waiting: ((raw: RawSample | null) => void)[] = [];
    const capture = (): Promise<RawSample | null> => new Promise((resolve) => waiting.push(resolve));
    return { waiting, capture };
  }

  test('taken after the block are thrown away: they are somebody else', async (t) => {
    const { waiting, capture } = heldCapture();
    const thread = watchedThread(t, { capture });
    thread.block(500);
    await thread.time.advance(1_500);
    waiting[0]!(thread.answer());
    await thread.time.advance(100);
    assert.equal(thread.stalls.at(-1)?.ended, true);
    assert.ok(thread.stalls.every(({ samples }) => samples.length === 0));
  });

  test('taken just before the block ended count, although they come after it', async (t) => {
    const { waiting, capture } = heldCapture();
    const thread = watchedThread(t, { capture });
    thread.block(500);
    await thread.time.advance(490);
    const taken = thread.answer();
    await thread.time.advance(1_000);
    assert.equal(thread.stalls.at(-1)?.samples.length, 0);
    waiting[0]!(taken);
    await thread.time.advance(100);
    assert.deepEqual([thread.stalls.at(-1)?.ended, thread.stalls.at(-1)?.samples.length], [true, 1]);
  });

  test('are waited for when the block is over: without its stack, the last report says less', async (t) => {
    const { waiting, capture } = heldCapture();
    const thread = watchedThread(t, { capture });
    thread.block(500);
    await thread.time.advance(499);
    const taken = thread.answer();
    const isOver = () => thread.stalls.at(-1)!.ended;
    while (thread.watchdog.current() !== null) await thread.time.advance(1);
    assert.equal(isOver(), false);
    waiting[0]!(taken);
    await thread.time.advance(1);
    assert.deepEqual([isOver(), thread.stalls.filter(({ ended }) => ended).length], [true, 1]);
    assert.equal(thread.stalls.at(-1)?.samples.length, 1);
  });

  test('that never come hold up the last report for a moment only', async (t) => {
    const thread = watchedThread(t, { capture: heldCapture().capture });
    thread.block(500);
    await thread.time.advance(499);
    while (thread.watchdog.current() !== null) await thread.time.advance(1);
    await thread.time.advance(29);
    assert.equal(thread.stalls.at(-1)?.ended, false);
    await thread.time.advance(1);
    assert.equal(thread.stalls.at(-1)?.ended, true);
  });

  test('that fail after the block do not lose its last report', async (t) => {
    let fail = (_error: Error): void => {};
    const thread = watchedThread(t, { capture: () => new Promise((_resolve, reject) => (fail = reject)) });
    thread.block(500);
    await thread.time.advance(499);
    while (thread.watchdog.current() !== null) await thread.time.advance(1);
    fail(new Error('no session'));
    await immediately();
    assert.equal(thread.stalls.at(-1)?.ended, true);
  });

  test('are reported as silence from the first look after the question', async (t) => {
    const thread = watchedThread(t, { capture: heldCapture().capture, operation: () => 'fs.readSync' });
    thread.block(500);
    await thread.time.advance(noticeMs + 10);
    assert.deepEqual(
      thread.stalls.map(({ operation, silentMs }) => [operation, silentMs > 0 && silentMs < 10]),
      [['fs.readSync', true]],
    );
  });

  test('are waited for one at a time, and the silence is told', async (t) => {
    const { waiting, capture } = heldCapture();
    const thread = watchedThread(t, { capture });
    thread.block(2_000);
    await thread.time.advance(1_500);
    assert.equal(waiting.length, 1);
    assert.equal(thread.stalls.at(-1)!.silentMs > 1_000, true);
  });
});

describe('tells the share of CPU time', () => {
  test('of a block that computes, at the first report and at the last', async (t) => {
    const { time, block, stalls } = watchedThread(t);
    await time.advance(1_000);
    block(1_000);
    await time.advance(2_000);
    assert.ok(stalls[0]!.onCpuRatio! > 0.95, `${stalls[0]!.onCpuRatio}`);
    assert.ok(stalls.at(-1)!.onCpuRatio! > 0.95, `${stalls.at(-1)!.onCpuRatio}`);
    assert.equal(stalls.at(-1)!.runQueueRatio, 0);
  });

  test('at the first report, however close to the block the loop was last looked at', async (t) => {
    // Timers may come a little early; then there are some more looks just before the threshold.
    const { time, block, stalls } = watchedThread(t, {}, -0.9);
    await time.advance(1_000);
    for (let step = 0; step < 30; step += 1) {
      await time.advance(950 + step * 7);
      block(400);
      const before = stalls.length;
      await time.advance(noticeMs + 10);
      assert.ok(stalls.length > before, `no report in step ${step}`);
      assert.ok(stalls[before]!.onCpuRatio! > 0.95, `${stalls[before]!.onCpuRatio} in step ${step}`);
    }
  });

  test('of a block that waits for a CPU', async (t) => {
    const thread = watchedThread(t, {
      readCpuTimes: () => ({ onCpuMs: 0, runQueueMs: monotonicMs(), throttledMs: null, isReady: true }),
    });
    await thread.time.advance(1_000);
    thread.block(1_000);
    await thread.time.advance(2_000);
    assert.ok(thread.stalls.at(-1)!.runQueueRatio! > 0.95);
    assert.equal(thread.stalls.at(-1)!.onCpuRatio, 0);
  });

  test('as unknown where the system does not tell', async (t) => {
    const { time, block, stalls } = watchedThread(t, { readCpuTimes: () => null });
    block(1_000);
    await time.advance(2_000);
    assert.deepEqual([stalls.at(-1)!.onCpuRatio, stalls.at(-1)!.runQueueRatio], [null, null]);
  });
});

describe('close()', () => {
  test('ends the watch', async (t) => {
    const { time, block, stalls, watchdog } = watchedThread(t);
    await time.advance(100);
    watchdog.close();
    // What is left is the timer of the main thread.
    assert.equal(time.pending(), 1);
    block(1_000);
    await time.advance(2_000);
    assert.deepEqual(stalls, []);
  });

  test('in the middle of a stall keeps late answers quiet', async (t) => {
    let resolve = (_raw: RawSample | null): void => {};
    const thread = watchedThread(t, { capture: () => new Promise((given) => (resolve = given)) });
    thread.block(1_000);
    await thread.time.advance(200);
    thread.watchdog.close();
    const reports = thread.stalls.length;
    resolve(thread.answer());
    await thread.time.advance(2_000);
    assert.equal(thread.stalls.length, reports);
  });
});
