import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../src/drill/runbook/page.js';
import { runStep, type StepContext } from '../../../src/drill/runbook/run-step.js';

const step = (rest: Partial<Step>): Step => ({
  name: 's',
  language: 'sh',
  script: 'echo ok',
  expected: ['ok'],
  section: 'Confirm',
  differs: true,
  within: 0,
  undoes: null,
  line: 1,
  ...rest,
});
const context = (rest: Partial<StepContext> = {}): StepContext => ({
  cwd: process.cwd(),
  environment: { PATH: process.env.PATH, WORD: 'ok' },
  query: null,
  promqlSkipped: 'there is none',
  signal: new AbortController().signal,
  ...rest,
});
const outcome = async (given: Partial<Step>, rest: Partial<StepContext> = {}) => {
  const result = await runStep(step(given), context(rest), true);
  assert.ok('passed' in result, 'it was run');
  return result;
};

test('passes when the output is as expected', async () => {
  assert.equal((await outcome({ script: 'echo $WORD' })).passed, true);
});

const failing: readonly (readonly [string, string, RegExp])[] = [
  ['the output differs', 'echo other', /this line is missing in the output: ok/],
  ['the last command fails', 'echo ok; false', /exit code 1/],
  ['a command in the middle fails', 'false; echo ok', /exit code 1/],
  ['a variable does not exist', 'echo ok $MISSING', /exit code 2/],
  ['it waits for input', 'read line; echo ok', /exit code 1/],
  ['it prints without end', 'yes ok', /printed more than 262144 bytes/],
];
for (const [when, script, because] of failing) {
  test(`fails when ${when}`, async () => {
    const result = await outcome({ script });
    assert.equal(result.passed, false);
    assert.match(result.because, because);
  });
}

test('tries again until it passes', async () => {
  const start = Date.now();
  const script = `test $(date +%s) -ge ${Math.floor(start / 1000) + 2} && echo ok`;
  assert.equal((await outcome({ script, within: 20 })).passed, true);
});

test('kills a step and what it started when the drill ends', async () => {
  const ending = new AbortController();
  const started = performance.now();
  const running = runStep(step({ script: 'sleep 60 | sleep 60' }), context({ signal: ending.signal }), false);
  setTimeout(() => ending.abort(new Error('ended')), 100);
  await assert.rejects(running, /ended/);
  assert.ok(performance.now() - started < 20_000);
});

test('runs queries where there is a Prometheus, and says why not where there is none', async () => {
  const query = async (promql: string) => `{query="${promql}"} 1`;
  const given = { language: 'promql' as const, script: ' up ', expected: ['{query="up"} 1'] };
  assert.equal((await outcome(given, { query })).passed, true);
  assert.deepEqual(await runStep(step(given), context(), false), { name: 's', skipped: 'there is none' });
});
