import type { DatabaseSession } from '../../src/protocol/database-sessions.js';
import type { DependencyWindow } from '../../src/protocol/dependency.js';
import type { Finding } from '../../src/protocol/finding.js';
import { createHistogram } from '../../src/protocol/histogram.js';
import type { PoolReading, PoolWindow } from '../../src/protocol/pool.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import type { SourceFrame, StackSample } from '../../src/protocol/stack.js';
import type { Stall } from '../../src/protocol/stall.js';
import type { TaskTurn } from '../../src/protocol/task-turn.js';

/** A frame of the service, written the way V8 shows it: `buildReport src/report.ts:42:17`. */
export function aFrame(text: string, rest: Partial<SourceFrame> = {}): SourceFrame {
  const [, name = '', file = '', line, column] = /^(\S+) (.+?):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  const position = { line: Number(line), column: Number(column ?? 1) };
  return { function: name, file, ...position, async: false, origin: 'service', ...rest };
}

/** A sample of a stack, innermost frame first. */
export function aSample(
  frames: readonly (string | SourceFrame)[],
  rest: Partial<StackSample> = {},
): StackSample {
  const stack = frames.map((frame) => (typeof frame === 'string' ? aFrame(frame) : frame));
  return { askedMs: 1_100, answerMs: 1, request: null, turn: null, frames: stack, ...rest };
}

/** What the probe told of the host's queues before anything of its own had run there. */
export const aTurn = (rest: Partial<TaskTurn> = {}): TaskTurn => ({
  executionId: 7,
  microtasks: 0,
  ticks: 0,
  roundMs: null,
  ...rest,
});

/** A stall of 412 ms in running JavaScript that has not ended and was not looked at yet. */
export function aStall(rest: Partial<Stall> = {}): Stall {
  return {
    id: 1,
    startedMs: 1_000,
    blockedMs: 412,
    ended: false,
    samples: [],
    silentMs: 0,
    onCpuRatio: 0.99,
    runQueueRatio: 0,
    isReady: false,
    throttledRatio: null,
    gcRatio: null,
    operation: null,
    operationRatio: 0,
    blindBecause: null,
    ...rest,
  };
}

/** A snapshot in which every sensor failed. */
export function aSnapshot(rest: Partial<Snapshot> = {}): Snapshot {
  return {
    atMs: 1_700_000_000_000,
    monotonicMs: 5_000,
    delay: null,
    utilization: null,
    gc: null,
    heap: null,
    resources: null,
    pools: null,
    dependencies: null,
    threadpool: null,
    inbound: null,
    requests: null,
    listeners: null,
    chaosFaults: null,
    errors: {},
    ...rest,
  };
}

export function aFinding(rest: Partial<Finding> = {}): Finding {
  return {
    kind: 'event-loop-stall',
    key: 'GET /report',
    occurrences: 1,
    severity: 'warning',
    title: 'Event loop blocked 412 ms in buildReport (src/report.ts:42)',
    cause: 'javascript',
    confidence: 0.9,
    culprit: null,
    request: null,
    measurements: { blockedMs: 412 },
    ruledOut: [],
    ...rest,
  };
}

/** One second of calls to a dependency; `times` holds the answered ones, in s. */
export function aDependencyWindow(
  bounds: readonly number[],
  times: readonly number[],
  rest: Partial<DependencyWindow> = {},
): DependencyWindow {
  const histogram = createHistogram(bounds);
  for (const time of times) histogram.record(time);
  const { counts, sum } = histogram.read();
  return {
    begun: times.length,
    inbound: null,
    counts,
    answeredSeconds: sum,
    waitedSeconds: 0,
    lookupSeconds: 0,
    ownDelaySeconds: 0,
    errors: { refused: 0, reset: 0, timeout: 0, '5xx': 0, dns: 0, other: 0 },
    isDisturbed: false,
    isAftermath: false,
    ...rest,
  };
}

/** A pool of ten connections that has never been used. */
export function aPoolReading(rest: Partial<PoolReading> = {}): PoolReading {
  const nothing = { counts: [], sum: 0 };
  return {
    name: 'db',
    kind: 'database',
    library: 'pg',
    target: 'localhost:5432/shop',
    usedCount: 0,
    idleCount: 0,
    pendingCount: 0,
    pendingMinCount: 0,
    maxCount: 10,
    openingCount: 0,
    asked: 0,
    timeouts: 0,
    waitTime: nothing,
    useTime: nothing,
    createTime: nothing,
    held: [],
    ...rest,
  };
}

/** One second of a pool that nobody has asked. */
export const aPoolWindow = (rest: Partial<PoolWindow> = {}): PoolWindow => ({
  durationMs: 1_000,
  usedCount: 0,
  pendingCount: 0,
  pendingMinCount: 0,
  openingCount: 0,
  asked: 0,
  timeouts: 0,
  useTime: { counts: [], sum: 0 },
  held: [],
  stalledMs: 0,
  isDisturbed: false,
  ...rest,
});

/** A session that works and waits for nothing. */
export const aSession = (rest: Partial<DatabaseSession> = {}): DatabaseSession => ({
  pid: 1,
  state: 'active',
  waitEventType: null,
  waitEvent: null,
  backendType: 'client backend',
  stateMs: 10,
  transactionMs: null,
  blockedBy: [],
  ...rest,
});

/** A space of V8's heap. Unit: bytes. */
export const aHeapSpace = (name: string, usedBytes: number) => ({
  name,
  totalBytes: usedBytes,
  usedBytes,
  availableBytes: 0,
  physicalBytes: usedBytes,
});
