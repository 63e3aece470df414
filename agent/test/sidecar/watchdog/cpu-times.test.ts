import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import {
  createThreadReader,
  createWaitingReader,
  readCpuTimes,
} from '../../../src/sidecar/watchdog/cpu-times.js';
import { spin } from '../../harness/wait.js';

const told = existsSync('/proc/self/schedstat');
const why = 'this system has no /proc/self/task/<tid>/schedstat';

/** Time, time on CPU, counted wait, ready to run: and the wait that must be told. All in ms. */
type Look = readonly [number, number, number, boolean, number];

const rows: readonly [string, readonly Look[]][] = [
  [
    'a sleeping thread waits for nothing',
    [
      [0, 5, 1, false, 1],
      [500, 5, 1, false, 1],
    ],
  ],
  [
    'a running thread waits for nothing',
    [
      [0, 5, 1, true, 1],
      [500, 505, 1, true, 1],
    ],
  ],
  [
    'a running thread between two ticks of the kernel',
    [
      [0, 5, 1, true, 1],
      [20, 5, 1, true, 1],
    ],
  ],
  [
    'a thread that is ready and stands still',
    [
      [0, 5, 1, true, 1],
      [300, 5, 1, true, 301],
    ],
  ],
  [
    'the time before it was seen ready is not told',
    [
      [0, 5, 1, false, 1],
      [300, 5, 1, true, 1],
      [400, 5, 1, true, 101],
    ],
  ],
  [
    'a wait that is over is what the kernel says',
    [
      [0, 5, 1, true, 1],
      [300, 5, 1, true, 301],
      [310, 6, 299, true, 299],
    ],
  ],
];

for (const [title, looks] of rows) {
  test(title, () => {
    let current: Look = looks[0]!;
    const read = createWaitingReader(
      () => ({ onCpuMs: current[1], runQueueMs: current[2], throttledMs: null, isReady: false }),
      () => current[3],
      () => current[0],
    );
    const told = looks.map((look) => {
      current = look;
      return read()?.runQueueMs;
    });
    assert.deepEqual(
      told,
      looks.map((look) => look[4]),
    );
  });
}

test('where the kernel tells nothing, nothing is told', () => {
  assert.equal(
    createWaitingReader(
      () => null,
      () => true,
    )(),
    null,
  );
});

test('the main thread is ready to run while it reads this', (t) => {
  if (readCpuTimes(process.pid) === null) return t.skip('this system has no /proc/self/task/*/schedstat');
  const times = createThreadReader(process.pid)();
  assert.ok(times?.isReady && times.onCpuMs > 0);
});

test('the time on a CPU rises with work', (t) => {
  if (!told) return t.skip(why);
  const before = readCpuTimes(process.pid)!;
  spin(300);
  const after = readCpuTimes(process.pid)!;
  const spentMs = after.onCpuMs - before.onCpuMs + after.runQueueMs - before.runQueueMs;
  assert.ok(after.onCpuMs - before.onCpuMs > 20);
  assert.ok(spentMs > 200 && spentMs < 3_000, `${spentMs} ms`);
});

test('the main thread is the one that asks here', (t) => {
  if (!told) return t.skip(why);
  const [self, main] = [readCpuTimes('self')!, readCpuTimes(process.pid)!];
  assert.ok(Math.abs(self.onCpuMs - main.onCpuMs) < 500);
});

test('a thread that does not exist has no times', () => assert.equal(readCpuTimes(2 ** 30), null));

test('a thread that nobody knows has no times', () => {
  assert.equal(readCpuTimes(null), null);
  assert.equal(createThreadReader(null)(), null);
});
