import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Long enough for some ten looks. */
const blockMs = 800;
const around = (setup: string, body: string): string =>
  `import { AsyncResource } from 'node:async_hooks'; import { stat } from 'node:fs';
const until = (ms) => { const endMs = performance.now() + ms; return () => performance.now() >= endMs; };
function compute(ms) { const endMs = performance.now() + ms; let sum = 0; while (performance.now() < endMs) sum += 1; return sum; }
${setup}
async function block(isOver) { ${body} }
setInterval(() => {}, 1_000);
process.on('SIGUSR2', () => block(until(${blockMs})).then(() => setTimeout(() => console.log('over'), 50)));
console.log('ready');
`;

async function verdictOn(t: TestContext, program: string): Promise<Incident> {
  const child = startChild(t, { program });
  const url = await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  await child.printed(/(over)/);
  const { id } = await until('the incident is there', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents[0];
  });
  return until('the end of the block is told', async () => {
    const incident = await getJson<Incident>(`${url}/incidents/${id}`);
    return incident.evidence.length > 0 && incident;
  });
}

/** Tasks that go from one queue to the other are told by rounds of a millisecond at most, which take longer without a CPU. */
const roundsLimit = 0.15;

/** On a busy machine the verdict says first of all that there was no CPU; the count of tasks stays what it is, apart from
 *  rounds. */
function check(t: TestContext, incident: Incident, isMicrotasks: boolean, goesRound = false): void {
  const { cause, measurements, ruledOut, title } = incident;
  const { taskTurnoverRatio = -1, runQueueRatio = 0 } = measurements;
  assert.ok(taskTurnoverRatio >= 0, 'the stacks do not tell of tasks');
  if (goesRound && runQueueRatio > roundsLimit) {
    t.skip(crowded() ?? `the block waited for a CPU for ${Math.round(runQueueRatio * 100)} % of its time`);
    return;
  }
  assert.equal(taskTurnoverRatio > 0.5, isMicrotasks, JSON.stringify(measurements));
  if (runQueueRatio > 0.4) return;
  assert.equal(cause, isMicrotasks ? 'microtasks' : 'javascript');
  assert.equal(/by microtasks/.test(title), isMicrotasks);
  assert.equal(
    ruledOut.some(({ kind }) => kind === 'event-loop-saturated'),
    isMicrotasks,
  );
}

describe('a block is told as microtasks, with the function at fault, when', () => {
  const rows: readonly [string, string, string, string][] = [
    [
      'ticks queue ticks',
      `function drain(isOver, done) { if (isOver()) done(); else process.nextTick(drain, isOver, done); }`,
      `await new Promise((resolve) => process.nextTick(drain, isOver, resolve));`,
      'drain',
    ],
    [
      'promises are awaited that are there already',
      `const read = async (isOver) => { compute(0.2); return isOver(); };
       async function poll(isOver) { while (!(await read(isOver))); }`,
      `await poll(isOver);`,
      'poll',
    ],
    [
      'long tasks follow each other by await',
      `async function work(isOver) { while (!isOver()) { compute(5); await null; } }`,
      `await work(isOver);`,
      'work',
    ],
    [
      'a loop yields by awaiting nextTick',
      `async function politely(isOver) { while (!isOver()) await new Promise((next) => process.nextTick(next)); }`,
      `await politely(isOver);`,
      'politely',
    ],
  ];
  for (const [title, setup, body, culprit] of rows) {
    test(title, async (t) => {
      const incident = await verdictOn(t, around(setup, body));
      check(t, incident, true, culprit === 'politely');
      assert.deepEqual([incident.culprit?.function, incident.culprit?.file], [culprit, 'program.mjs']);
    });
  }
});

describe('a block stays javascript when', () => {
  const rows: readonly [string, string, string][] = [
    ['one task computes after an await', '', `await null; compute(${blockMs});`],
    [
      'one tick computes',
      '',
      `await new Promise((done) => process.nextTick(() => done(compute(${blockMs}))));`,
    ],
    [
      'a long task is followed by another',
      '',
      `compute(${blockMs / 2}); await null; compute(${blockMs / 2});`,
    ],
    [
      'one tick enters the scopes of many async resources',
      `const scopes = Array.from({ length: 50 }, () => new AsyncResource('Scope'));
       const enter = (isOver) => { while (!isOver()) for (const scope of scopes) scope.runInAsyncScope(compute, null, 1); };`,
      `await new Promise((done) => process.nextTick(() => done(enter(isOver))));`,
    ],
    [
      'many callbacks of the loop come at once, each with its own await',
      `const finish = async (left, done) => { compute(0.1); await null; compute(5); if (left() === 0) done(); };`,
      `let left = ${blockMs / 5}; await new Promise((done) => {
         for (let file = left; file > 0; file -= 1) stat('.', () => finish(() => (left -= 1), done));
         compute(60);
       });`,
    ],
    [
      'many immediates come at once, each with its own await',
      `const finish = async (left, done) => { await null; compute(0.5); if (left() === 0) done(); };`,
      `let left = ${blockMs * 2}; await new Promise((done) => {
         for (let each = left; each > 0; each -= 1) setImmediate(() => finish(() => (left -= 1), done));
       });`,
    ],
  ];
  for (const [title, setup, body] of rows) {
    test(title, async (t) => check(t, await verdictOn(t, around(setup, body)), false));
  }
});
