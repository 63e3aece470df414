import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OutputWindow } from '../../../src/protocol/output.js';
import type { Stall } from '../../../src/protocol/stall.js';
import {
  detectBlockedWrite,
  detectSlowWrites,
  logBackpressureRule,
  type OutputHistory,
} from '../../../src/sidecar/diagnosis/log-backpressure.js';
import { aSample, aStall } from '../../harness/make.js';

const rule = { ...logBackpressureRule, thresholdMs: 100 };
const logging = aSample(['writeLine src/log.ts:7', 'serve src/shop.ts:40']);
const history: OutputHistory = { blocks: 2, worstMs: 800, totalMs: 1_000, samples: [logging, logging] };

/** A block of 400 ms within one write, asleep. */
const blockedWrite = (rest: Partial<Stall> = {}): Stall =>
  aStall({
    blockedMs: 400,
    silentMs: 380,
    onCpuRatio: 0.02,
    operation: 'process.stdout.write',
    operationRatio: 1,
    ...rest,
  });

describe('one write that holds the loop', () => {
  const rows: readonly [string, Partial<Stall>, 'fires' | 'quiet'][] = [
    ['to stdout fires', {}, 'fires'],
    ['to stderr fires', { operation: 'process.stderr.write' }, 'fires'],
    ['fires on the threshold itself', { blockedMs: 100 }, 'fires'],
    ['fires where nobody tells of the CPU', { onCpuRatio: null, runQueueRatio: null }, 'fires'],
    ['fires when it fills little more than half of the block', { operationRatio: 0.51 }, 'fires'],
    ['fires when the thread ran for half of it', { onCpuRatio: 0.5 }, 'fires'],
    ['is quiet below the threshold', { blockedMs: 99 }, 'quiet'],
    ['is quiet when waiting for a CPU made it so long', { blockedMs: 150, runQueueRatio: 0.4 }, 'quiet'],
    ['is quiet when it fills half of the block', { operationRatio: 0.5 }, 'quiet'],
    ['is quiet when the thread ran: a fast reader, and very much to write', { onCpuRatio: 0.51 }, 'quiet'],
    ['is quiet when it is another call', { operation: 'fs.writeSync' }, 'quiet'],
    ['is quiet when no call is known', { operation: null, operationRatio: 0 }, 'quiet'],
    ['is quiet when the thread got no CPU', { runQueueRatio: 0.6 }, 'quiet'],
    ['is quiet when it was garbage collection', { gcRatio: 0.6 }, 'quiet'],
  ];
  for (const [title, rest, expected] of rows) {
    test(title, () => {
      const finding = detectBlockedWrite(blockedWrite(rest), history, rule);
      assert.equal(typeof finding === 'string' ? finding : 'fires', expected);
    });
  }
});

describe('many short writes', () => {
  const windows = (...shares: number[]): OutputWindow[] =>
    shares.map((share) => ({ looks: 8, lookedMs: 1_000, writingMs: share * 1_000, awakeMs: 200 }));
  const awake = (ms: number | null) => windows(0.6, 0.6, 0.6).map((window) => ({ ...window, awakeMs: ms }));
  const rows: readonly [string, OutputWindow[], string | null, 'fires' | 'quiet' | 'unknown'][] = [
    ['fire above half of three seconds', windows(0.51, 0.51, 0.51), 'process.stdout.write', 'fires'],
    ['fire when two bad seconds outweigh a good one', windows(0.8, 0, 0.8), 'process.stderr.write', 'fires'],
    ['fire whatever was before', windows(0, 0, 0, 0.6, 0.6, 0.6), 'process.stdout.write', 'fires'],
    ['fire where nobody tells of the CPU', awake(null), 'process.stdout.write', 'fires'],
    ['fire when the thread ran for half of the time', awake(500), 'process.stdout.write', 'fires'],
    ['are quiet at half of the time itself', windows(0.5, 0.5, 0.5), 'process.stdout.write', 'quiet'],
    ['are quiet when one second was bad', windows(0.1, 1, 0.1), 'process.stdout.write', 'quiet'],
    ['are quiet when the thread ran for most of the time', awake(501), 'process.stdout.write', 'quiet'],
    ['are quiet when there was none', windows(0, 0, 0), null, 'quiet'],
    ['are not guessed from two windows', windows(0.9, 0.9), 'process.stdout.write', 'unknown'],
    [
      'are not guessed from a window with too few looks',
      [...windows(0.9, 0.9), { looks: 7, lookedMs: 1_000, writingMs: 900, awakeMs: 0 }],
      'process.stdout.write',
      'unknown',
    ],
  ];
  for (const [title, given, operation, expected] of rows) {
    test(title, () => {
      const finding = detectSlowWrites(given, operation, history, rule);
      assert.equal(typeof finding === 'string' ? finding : 'fires', expected);
    });
  }
});

describe('the finding', () => {
  test('of a block names the stream, the worst block and the line that logs', () => {
    const finding = detectBlockedWrite(blockedWrite(), history, rule);
    assert.ok(typeof finding !== 'string');
    const { kind, cause, operation, severity, title, culprit, occurrences } = finding;
    assert.deepEqual(
      { kind, cause, operation, severity, title, line: `${culprit?.file}:${culprit?.line}`, occurrences },
      {
        kind: 'log-backpressure',
        cause: 'stdout',
        operation: 'process.stdout.write',
        severity: 'warning',
        title: 'Log writes to a slow stdout held the event loop for 800 ms in writeLine (src/log.ts:7)',
        line: 'src/log.ts:7',
        occurrences: 2,
      },
    );
  });

  test('of short writes names their share, and rules the look-alikes out by it', () => {
    const windows = [0.7, 0.7, 0.7].map((share) => ({
      looks: 20,
      lookedMs: 1_000,
      writingMs: share * 1_000,
      awakeMs: 100,
    }));
    const finding = detectSlowWrites(windows, 'process.stderr.write', { ...history, samples: [] }, rule);
    assert.ok(typeof finding !== 'string');
    assert.equal(finding.title, 'Log writes to a slow stderr took 70 % of the last 3 s');
    assert.deepEqual([finding.culprit, finding.confidence], [null, 0]);
    const because =
      'the main thread was in process.stderr.write for 70 % of the time, and ran for 10 % of it only';
    assert.deepEqual(finding.ruledOut, [
      { kind: 'event-loop-stall', because },
      { kind: 'event-loop-saturated', because },
    ]);
  });
});
