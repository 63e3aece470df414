import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CpuWindow } from '../../../src/protocol/cpu-window.js';
import { detectCpuStarved, starvationRule } from '../../../src/sidecar/diagnosis/cpu-starved.js';

const second = (onCpuMs: number, runQueueMs: number, throttledMs: number | null = null): CpuWindow => ({
  wallMs: 1_000,
  onCpuMs,
  runQueueMs,
  throttledMs,
});
const times = (count: number, window: CpuWindow) => Array.from({ length: count }, () => window);
const judge = (windows: readonly CpuWindow[]) =>
  detectCpuStarved(windows, { count: 2, worstMs: 640 }, 1, starvationRule);

describe('fires or not', () => {
  const rows: readonly ['fires' | 'quiet' | 'unknown', string, readonly CpuWindow[]][] = [
    ['unknown', 'nothing was looked at', []],
    ['unknown', 'four windows are too few', times(4, second(300, 600))],
    ['fires', 'five windows in a row', times(5, second(300, 600))],
    ['fires', 'whatever was before them', [...times(20, second(300, 0)), ...times(5, second(300, 600))]],
    ['quiet', 'one of the five had its CPU', [...times(4, second(300, 600)), second(900, 10)]],
    ['quiet', 'it is over', [...times(20, second(300, 600)), second(300, 5)]],
    ['quiet', 'an idle thread waits for little', times(5, second(5, 20))],
    ['quiet', 'an idle thread', times(5, second(0, 0))],
    ['quiet', 'a tenth of the time is not more than a tenth', times(5, second(50, 100))],
    ['fires', 'a little more than a tenth, while it hardly runs', times(5, second(50, 101))],
    ['quiet', 'a busy thread waits for a quarter of what it wants', times(5, second(750, 250))],
    ['fires', 'a busy thread waits for more than that', times(5, second(740, 260))],
    ['quiet', 'a quota that holds other threads back', times(5, second(900, 20, 800))],
  ];
  for (const [outcome, title, windows] of rows) {
    test(`${outcome}: ${title}`, () => {
      const finding = judge(windows);
      assert.equal(typeof finding === 'string' ? finding : 'fires', outcome);
    });
  }
});

describe('says', () => {
  const find = (window: CpuWindow) => {
    const finding = judge(times(5, window));
    return typeof finding === 'string' ? assert.fail(`expected a finding, got ${finding}`) : finding;
  };
  const rows: readonly [string, CpuWindow, string][] = [
    ['a quota that explains half of the wait', second(200, 600, 300), 'cgroup-throttling'],
    ['a quota that explains less', second(200, 600, 299), 'cpu-starvation'],
    ['no quota', second(200, 600), 'cpu-starvation'],
  ];
  for (const [title, window, cause] of rows) {
    test(`${cause} for ${title}`, () => assert.equal(find(window).cause, cause));
  }

  test('its numbers', () => {
    const finding = find(second(200, 600, 800));
    assert.equal(finding.title, 'Main thread waited for a CPU 60 % of the time: a CPU quota holds it back');
    assert.deepEqual(finding.measurements, {
      waitedRatio: 0.6,
      unmetRatio: 0.75,
      onCpuRatio: 0.2,
      throttledMs: 4_000,
      windowMs: 5_000,
      stalls: 2,
      worstStallMs: 640,
    });
  });

  test('what it is not', () => {
    assert.deepEqual(
      find(second(200, 600, 10)).ruledOut.map(({ kind }) => kind),
      ['event-loop-saturated', 'cgroup-throttling'],
    );
    assert.equal(find(second(200, 600)).ruledOut.length, 1);
  });

  test('critical when it gets next to nothing', () => {
    assert.equal(find(second(200, 749)).severity, 'warning');
    assert.equal(find(second(200, 750)).severity, 'critical');
  });
});
