import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Finding } from '../../src/protocol/finding.js';
import { createLogBackpressure } from '../../src/sidecar/log-backpressure.js';
import { fakeTime } from '../harness/fake-time.js';
import { aSample, aStall } from '../harness/make.js';

/** A main thread that is in this call for this share of the time, a moment at a time. */
function watch(t: TestContext, operation: string, share: number, awakeShare = 0.1) {
  const time = fakeTime(t);
  let looks = 0;
  let captures = 0;
  const log = createLogBackpressure(
    {
      now: time.now,
      random: () => 0.5,
      schedule: time.schedule,
      operation: () => (looks++ % 10 < share * 10 ? operation : null),
      readCpuTimes: () => ({
        onCpuMs: time.now() * awakeShare,
        runQueueMs: 0,
        throttledMs: null,
        isReady: false,
      }),
      async capture() {
        captures += 1;
        return { askedMs: time.now(), answerMs: 1, frames: [], request: null, beats: 0, turn: null };
      },
      locate: () => aSample(['writeLine src/log.ts:7']),
    },
    100,
    () => true,
  );
  t.after(log.close);
  /** What is found at the end of so many seconds. */
  const after = async (seconds: number) => {
    let finding: Finding | null = null;
    for (let second = 0; second < seconds; second += 1) {
      await time.advance(1_000);
      finding = log.judge(true);
    }
    return finding;
  };
  return { log, time, after, captures: () => captures, looks: () => looks };
}
const blockedWrite = { operation: 'process.stdout.write', operationRatio: 1, onCpuRatio: 0, silentMs: 400 };

test('short writes that take most of the time are told after some seconds, with their line', async (t) => {
  const { log, after } = watch(t, 'process.stdout.write', 0.8);
  assert.equal(await after(2), null);
  const finding = await after(4);
  assert.equal(finding?.kind, 'log-backpressure');
  assert.equal(finding.culprit?.line, 7);
  assert.ok(log.isOpen());
});

test('time in writes is counted as it passes', async (t) => {
  const { log, after } = watch(t, 'process.stderr.write', 0.3);
  assert.equal(await after(10), null);
  assert.ok(Math.abs(log.writingMs() - 3_000) <= 100, `${log.writingMs()} ms`);
});

for (const [title, operation, share, awakeShare] of [
  ['another call', 'fs.readFileSync', 0.9, 0.1],
  ['writes that keep the CPU busy', 'process.stdout.write', 0.9, 0.9],
  ['writes now and then', 'process.stdout.write', 0.2, 0.1],
] as const) {
  test(`${title}: nothing is told`, async (t) => {
    const { log, after, captures } = watch(t, operation, share, awakeShare);
    assert.equal(await after(6), null);
    assert.equal(log.isOpen(), false);
    if (share < 0.25) assert.equal(captures(), 0, 'stacks cost the main thread time, and these say nothing');
  });
}

test('nothing is told while nothing may be, and it does not count as open', async (t) => {
  const { log, after } = watch(t, 'process.stdout.write', 0);
  await after(1);
  assert.equal(log.judge(false), null);
  assert.equal(log.isOpen(), false);
});

test('each block counts once, whatever news of it comes', (t) => {
  const { log } = watch(t, 'x', 0);
  log.judgeStall(aStall({ ...blockedWrite, id: 1, blockedMs: 200 }));
  log.judgeStall(aStall({ ...blockedWrite, id: 1, blockedMs: 500 }));
  const finding = log.judgeStall(aStall({ ...blockedWrite, id: 2, blockedMs: 300 }));
  assert.ok(finding !== null && finding !== 'quiet');
  const { blocks, worstBlockedMs, totalBlockedMs } = finding.measurements;
  assert.deepEqual([blocks, worstBlockedMs, totalBlockedMs], [2, 500, 800]);
});

test('the block of another call is left to others, also one that was taken for a write at first', (t) => {
  const { log } = watch(t, 'x', 0);
  const write = aStall({ ...blockedWrite, id: 1 });
  assert.ok(log.judgeStall(write) !== null);
  assert.equal(log.judgeStall({ ...write, operationRatio: 0.2 }), null);
  assert.equal(log.judgeStall(aStall({ id: 2 })), null);
});

test('when the incident is over, the next one starts anew', (t) => {
  const { log } = watch(t, 'x', 0);
  log.judgeStall(aStall({ ...blockedWrite, id: 1, blockedMs: 900 }));
  log.forget();
  assert.equal(log.isOpen(), false);
  const finding = log.judgeStall(aStall({ ...blockedWrite, id: 2, blockedMs: 200 }));
  assert.ok(finding !== null && finding !== 'quiet');
  assert.deepEqual([finding.occurrences, finding.measurements.worstBlockedMs], [1, 200]);
});

test('a thread that never waits for its log is looked at twice a second', async (t) => {
  const { time, after, looks } = watch(t, 'x', 1);
  await after(1);
  const before = looks();
  await time.advance(10_000);
  assert.ok(looks() - before <= 21, `${looks() - before} looks in 10 s`);
});

test('nothing is looked at any more after the end', async (t) => {
  const { log, time } = watch(t, 'x', 0);
  log.close();
  await time.advance(1_000);
  assert.equal(time.pending(), 0);
});
