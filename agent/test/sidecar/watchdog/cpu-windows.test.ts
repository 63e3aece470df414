import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CpuTimes } from '../../../src/sidecar/watchdog/cpu-times.js';
import { createCpuWindows } from '../../../src/sidecar/watchdog/cpu-windows.js';

const at = (onCpuMs: number, runQueueMs: number, throttledMs: number | null = null): CpuTimes => ({
  onCpuMs,
  runQueueMs,
  throttledMs,
  isReady: true,
});

function looked(looks: readonly (readonly [number, CpuTimes | null])[]) {
  let times: CpuTimes | null = null;
  const windows = createCpuWindows(() => times);
  for (const [nowMs, now] of looks) {
    times = now;
    windows.look(nowMs);
  }
  return windows.recent();
}

test('two looks make one window', () => {
  const first = at(10, 1, 3);
  assert.deepEqual(
    looked([
      [0, first],
      [1_000, at(600, 301, 53)],
    ]),
    [{ wallMs: 1_000, onCpuMs: 590, runQueueMs: 300, throttledMs: 50 }],
  );
});

test('a quota that is there at one end only says nothing', () => {
  assert.equal(
    looked([
      [0, at(0, 0)],
      [1_000, at(1, 1, 5)],
    ])[0]?.throttledMs,
    null,
  );
});

test('one look makes none, and neither do looks without numbers', () => {
  assert.deepEqual(looked([[0, at(1, 1)]]), []);
  assert.deepEqual(
    looked([
      [0, at(1, 1)],
      [1_000, null],
      [2_000, at(2, 2)],
    ]),
    [],
  );
});

test('a look that came late, because the process slept, starts anew', () => {
  const looks = looked([
    [0, at(0, 0)],
    [1_000, at(1, 1)],
    [60_000, at(2, 9_000)],
    [61_000, at(3, 9_001)],
  ]);
  assert.deepEqual(looks, [{ wallMs: 1_000, onCpuMs: 1, runQueueMs: 1, throttledMs: null }]);
});

test('keeps a minute', () => {
  const looks = Array.from({ length: 200 }, (_look, second): [number, CpuTimes] => [
    second * 1_000,
    at(0, 0),
  ]);
  assert.equal(looked(looks).length, 60);
});
