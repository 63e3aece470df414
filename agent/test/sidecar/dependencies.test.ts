import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricCatalog } from '../../src/catalog/metrics.js';
import { idleBounds } from '../../src/protocol/dependency.js';
import { createHistogram } from '../../src/protocol/histogram.js';
import { createDependencies } from '../../src/sidecar/dependencies.js';
import { aFinding, aSnapshot } from '../harness/make.js';

/** A service that makes ten calls a second, and what the sidecar says of it second by second. */
function start(quietUntilMs = 0) {
  const dependencies = createDependencies(quietUntilMs);
  const answered = createHistogram(metricCatalog.dependencyDuration.buckets ?? []);
  const errors = { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 0, other: 0 };
  let monotonicMs = 0;
  const second = (
    takes: number | null,
    {
      starved = false,
      busy = 0.2,
      stalledMs = 0,
    }: { starved?: boolean; busy?: number; stalledMs?: number } = {},
  ): string[] => {
    monotonicMs += 1_000;
    for (let call = 0; call < 10 && takes !== null; call += 1) answered.record(takes);
    const reading = {
      target: 'prices:80',
      begun: 0,
      inFlight: 0,
      answered: answered.read(),
      waitedSeconds: 0,
      lookupSeconds: 0,
      ownDelaySeconds: 0.25,
      errors,
    };
    dependencies.addStalled(stalledMs);
    const snapshot = aSnapshot({
      monotonicMs,
      dependencies: [reading],
      utilization: { ratio: busy, activeMs: 0, idleMs: 0 },
    });
    return dependencies.judge(snapshot, starved).map(({ kind }) => kind);
  };
  const seconds = (count: number, ...parameters: Parameters<typeof second>): string[] =>
    Array.from({ length: count }, () => second(...parameters)).flat();
  return { dependencies, seconds };
}

test('a target that comes to answer late is found within three seconds, and not before it is known', () => {
  const { seconds } = start();
  assert.deepEqual(seconds(16, 0.004), []);
  assert.deepEqual(seconds(3, 0.4), ['dependency-slow']);
  const { seconds: unknown } = start();
  assert.deepEqual(unknown(10, 0.4), []);
});

test('nothing is learnt while the service starts', () => {
  const { seconds, dependencies } = start(30_000);
  seconds(29, 0.4);
  assert.deepEqual(dependencies.read(), []);
  seconds(17, 0.004);
  assert.deepEqual(dependencies.read()[0], { metric: 'dependencyLimit', labels: ['prices:80'], value: 0.1 });
});

for (const [name, disturbed] of [
  ['stalled', { stalledMs: 201 }],
  ['starved', { starved: true }],
  ['saturated', { busy: 0.91 }],
] as const) {
  test(`while the loop is ${name} late answers say nothing`, () => {
    const { seconds } = start();
    seconds(16, 0.004);
    assert.deepEqual(seconds(20, 0.4, disturbed), []);
  });
}

for (const [name, harmless] of [
  ['a short stall', { stalledMs: 200 }],
  ['a busy loop below the limit', { busy: 0.9 }],
] as const) {
  test(`${name} hides nothing`, () => {
    const { seconds } = start();
    seconds(16, 0.004);
    assert.notDeepEqual(seconds(3, 0.4, harmless), []);
  });
}

test('a target that nobody asks any more is no finding', () => {
  const { seconds } = start();
  seconds(16, 0.004);
  seconds(5, 0.4);
  assert.deepEqual(seconds(10, null), []);
});

test('a verdict about the loop says that the dependency was fast, with its numbers', () => {
  const { dependencies, seconds } = start();
  assert.deepEqual(dependencies.ruleOutIn(aFinding()).ruledOut, []);
  seconds(12, 0.004);
  const [ruledOut] = dependencies.ruleOutIn(aFinding()).ruledOut;
  assert.equal(ruledOut?.kind, 'dependency-slow');
  assert.match(
    ruledOut!.because,
    /^prices:80 answered within 5 ms \(p95 of 100 calls\), 0 ms of own delay taken off$/,
  );
  seconds(10, 0.4);
  assert.deepEqual(dependencies.ruleOutIn(aFinding()).ruledOut, []);
});

/** A service with ten requests a second, one call for each of them, and what the sidecar says second by second. */
function startFailing() {
  const dependencies = createDependencies(0);
  const answered = createHistogram(metricCatalog.dependencyDuration.buckets ?? []);
  const errors = { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 0, other: 0 };
  let monotonicMs = 0;
  let begun = 0;
  let inbound = 0;
  const second = (
    failed: Partial<typeof errors>,
    { calls = 10, stalledMs = 0 }: { calls?: number; stalledMs?: number } = {},
  ): string[] => {
    monotonicMs += 1_000;
    begun += calls;
    inbound += 10;
    const unanswered = (failed.timeout ?? 0) + (failed.refused ?? 0);
    for (let call = unanswered; call < calls; call += 1) answered.record(0.004);
    for (const [kind, count] of Object.entries(failed)) errors[kind as keyof typeof errors] += count;
    const reading = {
      target: 'prices:80',
      begun,
      inFlight: 0,
      answered: answered.read(),
      waitedSeconds: 0,
      lookupSeconds: 0,
      ownDelaySeconds: 0,
      errors: { ...errors },
    };
    dependencies.addStalled(stalledMs);
    const snapshot = aSnapshot({ monotonicMs, inbound, dependencies: [reading] });
    return dependencies.judge(snapshot, false).map(({ kind }) => kind);
  };
  const seconds = (count: number, ...parameters: Parameters<typeof second>): string[] =>
    Array.from({ length: count }, () => second(...parameters)).flat();
  return { dependencies, seconds };
}

test('a target that comes to fail is found within three seconds, and not before it is known', () => {
  const { seconds } = startFailing();
  assert.deepEqual(seconds(16, {}), []);
  assert.deepEqual(seconds(3, { '5xx': 5 }), ['dependency-failing']);
  const { seconds: unknown } = startFailing();
  assert.deepEqual(unknown(10, { '5xx': 5 }), []);
});

test('a storm is told beside the failure, and more calls to a target that is well are none', () => {
  const { seconds } = startFailing();
  seconds(16, {});
  assert.deepEqual(seconds(5, {}, { calls: 60 }), []);
  assert.deepEqual(seconds(3, { '5xx': 50 }, { calls: 60 }).slice(-2), ['dependency-failing', 'retry-storm']);
});

test('a target that no longer fails is no finding, although it has failed just now', () => {
  const { seconds } = startFailing();
  seconds(16, {});
  assert.notDeepEqual(seconds(5, { '5xx': 5 }), []);
  assert.deepEqual(seconds(10, {}), []);
});

test('time-outs in a stalled second and in the one after it are ours, and the verdict about the loop says so', () => {
  const { dependencies, seconds } = startFailing();
  seconds(16, {});
  for (let turn = 0; turn < 5; turn += 1) {
    assert.deepEqual(seconds(1, { timeout: 8 }, { stalledMs: 400 }), []);
    assert.deepEqual(seconds(1, { timeout: 2 }), []);
  }
  const ruledOut = dependencies.ruleOutIn(aFinding()).ruledOut;
  assert.deepEqual(ruledOut.at(-1), {
    kind: 'dependency-failing',
    because: '50 calls to prices:80 failed just when the own loop was late, and 0 of 50 beside them',
  });
});

test('errors of the server count while the loop is stalled, and a verdict about the loop does not excuse them', () => {
  const { dependencies, seconds } = startFailing();
  seconds(16, {});
  assert.deepEqual(seconds(3, { '5xx': 5, timeout: 1 }, { stalledMs: 400 }), ['dependency-failing']);
  const kinds = dependencies.ruleOutIn(aFinding()).ruledOut.map(({ kind }) => kind);
  assert.ok(!kinds.includes('dependency-failing'), kinds.join());
});

test('the limits of what is usual are published once they are learnt', () => {
  const { dependencies, seconds } = startFailing();
  assert.deepEqual(dependencies.read(), []);
  seconds(16, {});
  assert.deepEqual(dependencies.read(), [
    { metric: 'dependencyLimit', labels: ['prices:80'], value: 0.1 },
    { metric: 'dependencyFailingLimit', labels: ['prices:80'], value: 0.1 },
    { metric: 'dependencyStormLimit', labels: ['prices:80'], value: 3 },
  ]);
});

test('the sockets of calls are told by what has happened since the reading before', () => {
  const dependencies = createDependencies(0);
  const answered = createHistogram(metricCatalog.dependencyDuration.buckets ?? []);
  const [reusedAnswered, reusedReset] = [createHistogram(idleBounds), createHistogram(idleBounds)];
  const errors = { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 0, other: 0 };
  let monotonicMs = 0;
  /** Calls on sockets that were idle for so long, and resets of such. Unit: s. */
  const second = (answeredAfter: number, resets: number, resetAfter = 0) => {
    monotonicMs += 1_000;
    for (let call = 0; call < 10 - resets; call += 1) {
      answered.record(0.004);
      reusedAnswered.record(answeredAfter);
    }
    for (let call = 0; call < resets; call += 1) reusedReset.record(resetAfter);
    errors.reset += resets;
    const sockets = {
      freshAnswered: 0,
      freshReset: 0,
      reusedAnswered: reusedAnswered.read(),
      reusedReset: reusedReset.read(),
    };
    const reading = {
      target: 'prices:80',
      begun: 0,
      inFlight: 0,
      answered: answered.read(),
      waitedSeconds: 0,
      lookupSeconds: 0,
      ownDelaySeconds: 0,
      errors: { ...errors },
      sockets,
    };
    return dependencies.judge(aSnapshot({ monotonicMs, dependencies: [reading] }), false);
  };
  // Long pauses did no harm until the proxy came.
  for (let turn = 0; turn < 16; turn += 1) assert.deepEqual(second(5, 0), []);
  second(0.02, 4, 0.3);
  second(0.02, 4, 0.3);
  const [found] = second(0.02, 4, 0.3);
  assert.equal(found?.cause, 'keep-alive-race');
  assert.deepEqual([found?.measurements.reusedResetCalls, found?.measurements.resetIdleLongerRatio], [12, 1]);
});
