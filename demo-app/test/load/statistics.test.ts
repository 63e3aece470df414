import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from '../../src/load/progress.js';
import { createLatencyWindow, createRateWindow, type LoadSummary } from '../../src/load/statistics.js';

test('without any latency there is no percentile', () => {
  assert.equal(createLatencyWindow().percentileMs(99), null);
});

test('percentiles are those of the last five turns', () => {
  const window = createLatencyWindow();
  for (let count = 0; count < 100; count += 1) window.record(1_000);
  const withOld = window.percentileMs(99);
  for (let turn = 0; turn < 5; turn += 1) window.turn();
  for (let count = 0; count < 100; count += 1) window.record(10);
  const without = window.percentileMs(99);
  assert.ok(withOld !== null && withOld > 900);
  assert.ok(without !== null && without < 12, `${without}`);
});

test('the rate is that of the last few seconds', () => {
  const rate = createRateWindow();
  assert.equal(rate(0, 0), 0);
  assert.equal(rate(40, 1_000), 40);
  for (let second = 2; second <= 10; second += 1) rate(40 + (second - 1) * 10, second * 1_000);
  assert.equal(rate(140, 11_000), 10);
});

const summary: LoadSummary = {
  type: 'load',
  elapsedMs: 5_000,
  rate: 40,
  sent: 200,
  completed: 199,
  errors: 3,
  dropped: 0,
  inFlight: 1,
  p50Ms: 2.5,
  p95Ms: 20,
  p99Ms: null,
  errorsByClass: { 'http 500': 2, timeout: 1 },
  exports: { sent: 2, completed: 2, switchedOff: 1, lastMs: 812.3 },
};

test('on a terminal the line is rewritten in place and cut to the width', () => {
  let written = '';
  createProgress({ isTTY: true, columns: 20, write: (text) => (written += text) }).show(summary);
  assert.ok(written.startsWith('\r'));
  assert.ok(!written.includes('\n'));
  assert.ok(written.length < 20 + 10);
});

test('elsewhere there is one line every five seconds, with errors by class', () => {
  let written = '';
  const progress = createProgress({ write: (text) => (written += text) });
  for (let second = 1; second <= 10; second += 1) progress.show({ ...summary, elapsedMs: second * 1_000 });
  const lines = written.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /p50 2\.5 p95 20 p99 – ms · errors 3 \(http 500: 2, timeout: 1\)/);
});
