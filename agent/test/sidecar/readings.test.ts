import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metricCatalog } from '../../src/catalog/metrics.js';
import type { Reading } from '../../src/protocol/reading.js';
import { createBlockedTime } from '../../src/sidecar/blocked-time.js';
import { createIncidentBook } from '../../src/sidecar/incidents/book.js';
import { createReadings, type ReadingSources } from '../../src/sidecar/readings.js';
import { aFinding, aSnapshot, aStall } from '../harness/make.js';

function open(sources: Partial<ReadingSources> = {}) {
  let ids = 0;
  const book = createIncidentBook({
    now: Date.now,
    newId: () => `${++ids}`,
    runbookUrl: 'https://books/',
    onEvent() {},
  });
  const read = createReadings({
    snapshot: () => null,
    process: () => [],
    cpuTimes: () => null,
    currentStall: () => null,
    book,
    blocked: createBlockedTime(['javascript']),
    memory: () => [],
    logWritingMs: () => 1_500,
    dependencies: { read: () => [] },
    handles: () => [],
    formerProcesses: () => [],
    errors: new Map(),
    ...sources,
  });
  return { book, read };
}
const numberOf = (readings: readonly Reading[], metric: string, label?: string): number | undefined => {
  const found = readings.find(
    (reading) => reading.metric === metric && (label === undefined || reading.labels.includes(label)),
  );
  return found !== undefined && 'value' in found ? found.value : undefined;
};
const delay = {
  newestMs: 4,
  minMs: 1,
  maxMs: 40,
  meanMs: 2,
  stddevMs: 1,
  p50Ms: 1,
  p90Ms: 2,
  p99Ms: 3,
  histogram: { counts: [], sum: 0 },
};

test('each reading has the labels of its metric', () => {
  const { book, read } = open({ snapshot: () => aSnapshot({ delay, chaosFaults: ['slow'] }) });
  book.report(aFinding());
  for (const { metric, labels } of read()) {
    assert.equal(labels.length, metricCatalog[metric].labels.length, metric);
  }
});

describe('incidents', () => {
  test('are active while they are open', () => {
    const { book, read } = open();
    assert.equal(numberOf(read(), 'incidentActive', 'event-loop-stall'), 0);
    book.report(aFinding());
    assert.equal(numberOf(read(), 'incidentActive', 'event-loop-stall'), 1);
  });

  test('are counted by their cause', () => {
    const { book, read } = open();
    assert.equal(numberOf(read(), 'incidents', 'javascript'), 0);
    book.report(aFinding());
    book.report(aFinding({ key: 'another' }));
    assert.equal(numberOf(read(), 'incidents', 'javascript'), 2);
  });
});

describe('while the loop is blocked', () => {
  const snapshot = () => aSnapshot({ delay });
  test('its lag and its largest delay are at least as long as the block', () => {
    const { read } = open({ snapshot, currentStall: () => aStall({ blockedMs: 700 }) });
    assert.equal(numberOf(read(), 'eventLoopLag'), 0.7);
    assert.equal(numberOf(read(), 'eventLoopDelayMax'), 0.7);
    assert.equal(numberOf(read(), 'eventLoopDelayP99'), 0.003);
  });

  test('a largest delay from before stays', () => {
    const { read } = open({ snapshot, currentStall: () => aStall({ blockedMs: 10 }) });
    assert.equal(numberOf(read(), 'eventLoopLag'), 0.01);
    assert.equal(numberOf(read(), 'eventLoopDelayMax'), 0.04);
  });
});

describe('a snapshot', () => {
  test('has an age', () => {
    const { read } = open({ snapshot: () => aSnapshot({ atMs: Date.now() - 5_000 }) });
    const age = numberOf(read(), 'snapshotAge')!;
    assert.ok(age >= 5 && age < 30, `${age}`);
  });

  test('from the future has none: the clock was set back', () => {
    const { read } = open({ snapshot: () => aSnapshot({ atMs: Date.now() + 60_000 }) });
    assert.equal(numberOf(read(), 'snapshotAge'), 0);
  });

  test('that has not come yet is no reading', () =>
    assert.equal(numberOf(open().read(), 'snapshotAge'), undefined));
});

test('the cost and the failures of the agent are told', () => {
  const { read } = open({ errors: new Map([['evidence', 3]]) });
  assert.equal(numberOf(read(), 'agentErrors', 'evidence'), 3);
  assert.ok(numberOf(read(), 'agentMemory')! > 1_000_000);
});

test('failures of sensors and of the sidecar under one name do not hide each other', () => {
  const { read } = open({
    errors: new Map([['heap', 3]]),
    snapshot: () => aSnapshot({ errors: { heap: 2 } }),
  });
  assert.equal(numberOf(read(), 'agentErrors', 'heap'), 5);
});

test('a label beyond its bound is counted as an overflow', () => {
  const faults = Array.from(
    { length: metricCatalog.chaosActive.labels[0]!.bound + 3 },
    (_, index) => `${index}`,
  );
  const { read } = open({ snapshot: () => aSnapshot({ chaosFaults: faults }) });
  assert.equal(numberOf(read(), 'labelOverflow', 'faultline_chaos_fault_active'), 3);
});

for (const [title, writingMs, expected] of [
  ['is told in seconds', 1_500, 1.5],
  ['that nothing marks is no reading', null, undefined],
] as const) {
  test(`time in log writes ${title}`, () => {
    const { read } = open({ logWritingMs: () => writingMs });
    assert.equal(numberOf(read(), 'logWrite'), expected);
  });
}
