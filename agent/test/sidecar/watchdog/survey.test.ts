import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type SurveyWorld, takeSurvey } from '../../../src/sidecar/watchdog/survey.js';
import { fakeTime } from '../../harness/fake-time.js';
import { aSample } from '../../harness/make.js';

function surveyed(t: TestContext, rest: Partial<SurveyWorld> = {}) {
  const time = fakeTime(t);
  const captures: number[] = [];
  const raw = { askedMs: 0, answerMs: 1, frames: [], request: null, turn: null, beats: 0 };
  const taken = takeSurvey({
    now: time.now,
    random: () => 0.5,
    schedule: time.schedule,
    locate: () => aSample([]),
    operation: () => null,
    ...rest,
    capture() {
      captures.push(time.now());
      return rest.capture?.() ?? Promise.resolve(raw);
    },
  });
  return { time, taken, captures };
}

test('takes some forty stacks in two seconds, and then no more', async (t) => {
  const { time, taken, captures } = surveyed(t);
  await time.advance(60_000);
  const { samples, durationMs } = await taken;
  assert.equal(samples.length, 39);
  assert.equal(captures.length, 39);
  assert.equal(durationMs, 2_000);
  assert.equal(time.pending(), 0);
});

test('does not ask again while nothing has answered', async (t) => {
  const { time, taken, captures } = surveyed(t, { capture: () => new Promise(() => {}) });
  await time.advance(3_000);
  assert.deepEqual([(await taken).samples.length, captures.length], [0, 1]);
});

test('counts what cannot be had as nothing', async (t) => {
  const { time, taken } = surveyed(t, { capture: () => Promise.resolve(null) });
  await time.advance(3_000);
  assert.equal((await taken).samples.length, 0);
});

test('counts the looks at which a synchronous call was running', async (t) => {
  let look = 0;
  const { time, taken } = surveyed(t, { operation: () => (look++ % 2 === 0 ? 'fs.readSync' : null) });
  await time.advance(3_000);
  const { operations, looks } = await taken;
  assert.deepEqual([operations, looks], [{ 'fs.readSync': 20 }, 39]);
});
