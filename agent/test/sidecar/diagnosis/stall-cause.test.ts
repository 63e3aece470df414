import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stall } from '../../../src/protocol/stall.js';
import { classifyStall, type StallCause } from '../../../src/sidecar/diagnosis/stall-cause.js';
import { aSample, aStall, aTurn } from '../../harness/make.js';

const prompt = (count: number) => Array.from({ length: count }, () => aSample([], { answerMs: 2 }));
/** Stacks that came at once, at such a distance. Unit: ms. */
const spread = (count: number, gapMs: number) =>
  Array.from({ length: count }, (_, index) => aSample([], { askedMs: 1_100 + index * gapMs, answerMs: 2 }));
const slow = (count: number) => Array.from({ length: count }, () => aSample([], { answerMs: 400 }));
/** Stacks between which one microtask after the other has run, though the queue was never empty. */
const turning = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aSample([], { answerMs: 2, turn: aTurn({ microtasks: index }) }),
  );
const onCpu = { onCpuRatio: 0.99, runQueueRatio: 0.01 };
const asleep = { onCpuRatio: 0.02, runQueueRatio: 0.01 };
const untold = { onCpuRatio: null, runQueueRatio: null };

const cases: readonly [StallCause, string, Partial<Stall>][] = [
  ['javascript', 'stacks come at once and the CPU is busy', { ...onCpu, samples: prompt(2) }],
  ['javascript', 'one stack came at once and the CPU is busy', { ...onCpu, samples: prompt(1) }],
  [
    'javascript',
    'two stacks came at once, though nobody tells of the CPU',
    { ...untold, samples: prompt(2) },
  ],
  [
    'javascript',
    'stacks come at once for most of the time',
    { ...onCpu, samples: [...spread(10, 50), aSample([], { askedMs: 1_550, answerMs: 400 })] },
  ],
  [
    'sync-call',
    'one answer was waited for longer than all others together, however many they are',
    { ...onCpu, samples: [...spread(10, 30), aSample([], { askedMs: 1_371, answerMs: 400 })] },
  ],
  [
    'javascript',
    'an answer was late because the thread waited for a CPU',
    {
      onCpuRatio: 0.6,
      runQueueRatio: 0.4,
      samples: [...spread(5, 50), aSample([], { askedMs: 1_301, answerMs: 250 })],
    },
  ],
  [
    'javascript',
    'the CPU is shared, but not for most of the time',
    { onCpuRatio: 0.5, runQueueRatio: 0.5, samples: prompt(2) },
  ],
  ['javascript', 'collections took half of the time', { ...onCpu, samples: prompt(2), gcRatio: 0.5 }],
  [
    'javascript',
    'two stacks came at once, although it slept in between',
    { onCpuRatio: 0.2, runQueueRatio: 0.1, samples: prompt(2) },
  ],
  [
    'microtasks',
    'each stack shows another task, and the loop did not turn',
    { ...onCpu, samples: turning(3) },
  ],
  ['javascript', 'a single task was followed by another', { ...onCpu, samples: turning(2) }],
  ['gc', 'many tasks were mostly collections', { ...onCpu, samples: turning(3), gcRatio: 0.51 }],
  [
    'sync-call',
    'many tasks make the same call',
    { ...onCpu, samples: turning(3), operation: 'fs.existsSync', operationRatio: 0.51 },
  ],
  [
    'cpu-starvation',
    'many tasks waited for a CPU',
    { onCpuRatio: 0.4, runQueueRatio: 0.51, samples: turning(3) },
  ],
  ['unknown', 'one stack came, and nobody tells of the CPU', { ...untold, samples: prompt(1) }],
  ['unknown', 'no stack was asked for', { ...onCpu }],
  ['unknown', 'no stack was asked for and the thread sleeps', { ...asleep }],
  ['unknown', 'the first answer may still come', { ...onCpu, silentMs: 100 }],
  ['unknown', 'no stack can be had', { ...onCpu, blindBecause: 'a debugger is attached' }],
  ['sync-call', 'no answer comes while the CPU is busy', { ...onCpu, silentMs: 101 }],
  ['sync-call', 'no answer comes and nobody tells of the CPU', { ...untold, silentMs: 101 }],
  ['sync-call', 'the thread sleeps and has not answered yet', { ...asleep, silentMs: 1 }],
  ['unknown', 'the thread is ready to run and gets no CPU', { ...asleep, isReady: true, silentMs: 300 }],
  ['sync-call', 'the thread slept and answered once, late', { ...asleep, samples: slow(1) }],
  ['sync-call', 'the thread slept and answered once at once', { ...asleep, samples: prompt(1) }],
  ['sync-call', 'every answer is late', { ...onCpu, samples: slow(3) }],
  ['sync-call', 'half of the answers are late', { ...onCpu, samples: [...slow(2), ...prompt(2)] }],
  [
    'sync-call',
    'a call was marked for most of the time, though stacks come between its calls',
    { ...onCpu, samples: prompt(3), operation: 'fs.readFileSync', operationRatio: 0.51 },
  ],
  [
    'javascript',
    'a call was marked for half of the time only',
    { ...onCpu, samples: prompt(3), operation: 'fs.readFileSync', operationRatio: 0.5 },
  ],
  ['gc', 'collections took most of the time', { ...onCpu, samples: prompt(3), gcRatio: 0.51 }],
  [
    'cpu-starvation',
    'the thread waited for a CPU for most of the time',
    { onCpuRatio: 0.4, runQueueRatio: 0.51, samples: prompt(3) },
  ],
  [
    'cgroup-throttling',
    'it waited for a CPU for as long as a quota held the process back',
    { onCpuRatio: 0.2, runQueueRatio: 0.8, throttledRatio: 0.8, samples: prompt(3) },
  ],
  [
    'cpu-starvation',
    'a quota held the process back for a small part of the wait only',
    { onCpuRatio: 0.2, runQueueRatio: 0.8, throttledRatio: 0.4, samples: prompt(3) },
  ],
  [
    'javascript',
    'a quota held other threads back, but this one ran',
    { ...onCpu, throttledRatio: 0.9, samples: prompt(3) },
  ],
  [
    'cpu-starvation',
    'it waited for a CPU, which also delays answers',
    { onCpuRatio: 0.05, runQueueRatio: 0.9, samples: slow(2) },
  ],
  [
    'cpu-starvation',
    'it waited for a CPU in the middle of a collection',
    { onCpuRatio: 0.1, runQueueRatio: 0.9, gcRatio: 0.8 },
  ],
  [
    'gc',
    'it waited for half of the time, and would collect for long on a free machine too',
    { onCpuRatio: 0.4, runQueueRatio: 0.6, gcRatio: 0.8, samples: prompt(3) },
  ],
  [
    'cpu-starvation',
    'it waited for most of the time and collected for a part of the rest',
    { onCpuRatio: 0.4, runQueueRatio: 0.6, gcRatio: 0.4, samples: prompt(3) },
  ],
  [
    'cgroup-throttling',
    'a quota held it back and the kernel had taken it off the run queue',
    { onCpuRatio: 0.2, runQueueRatio: 0.05, throttledRatio: 0.8, samples: slow(2) },
  ],
  [
    'cgroup-throttling',
    'a quota held it back, no answer came, and the last look found it asleep',
    { onCpuRatio: 0.2, runQueueRatio: 0, throttledRatio: 0.7, silentMs: 300 },
  ],
  [
    'sync-call',
    'it sleeps in a known call while a quota holds back the child that it waits for',
    {
      ...asleep,
      throttledRatio: 0.9,
      operation: 'child_process.execSync',
      operationRatio: 1,
      silentMs: 300,
    },
  ],
];

for (const [cause, title, stall] of cases) {
  test(`says ${cause} when ${title}`, () => assert.equal(classifyStall(aStall(stall)), cause));
}
