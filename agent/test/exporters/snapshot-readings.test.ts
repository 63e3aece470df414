import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metricCatalog } from '../../src/catalog/metrics.js';
import { readSnapshot } from '../../src/exporters/snapshot-readings.js';
import type { PoolReading } from '../../src/protocol/pool.js';
import type { HistogramCounts, Snapshot } from '../../src/protocol/snapshot.js';
import { aPoolReading, aSnapshot } from '../harness/make.js';

const counts = (...values: number[]): HistogramCounts => ({ counts: values, sum: 1.5 });
const delay = {
  newestMs: 1,
  minMs: 2,
  maxMs: 3,
  meanMs: 4,
  stddevMs: 5,
  p50Ms: 6,
  p90Ms: 7,
  p99Ms: 8,
  histogram: counts(1, 2),
};
const pool: PoolReading = aPoolReading({
  usedCount: 3,
  idleCount: 2,
  pendingCount: 4,
  timeouts: 5,
  waitTime: counts(1),
  useTime: counts(2),
  createTime: counts(3),
});

/** Values by `metric label label`. */
function read(part: Partial<Snapshot>): Record<string, number | HistogramCounts> {
  const readings = readSnapshot(aSnapshot(part));
  return Object.fromEntries(
    readings.map((reading) => [
      [reading.metric, ...reading.labels].join(' '),
      'value' in reading ? reading.value : reading.histogram,
    ]),
  );
}

describe('reads', () => {
  test('delays in seconds', () => {
    assert.deepEqual(read({ delay }), {
      eventLoopLag: 0.001,
      eventLoopDelayMin: 0.002,
      eventLoopDelayMax: 0.003,
      eventLoopDelayMean: 0.004,
      eventLoopDelayStddev: 0.005,
      eventLoopDelayP50: 0.006,
      eventLoopDelayP90: 0.007,
      eventLoopDelayP99: 0.008,
      eventLoopDelay: counts(1, 2),
    });
  });

  test('calls to dependencies by target, and their errors by class', () => {
    const errors = { refused: 1, reset: 2, timeout: 3, '5xx': 4, dns: 5, other: 6 };
    const dependency = {
      target: 'a:80',
      begun: 9,
      inFlight: 7,
      answered: counts(8),
      waitedSeconds: 1,
      lookupSeconds: 0,
      ownDelaySeconds: 1,
      errors,
    };
    assert.deepEqual(read({ dependencies: [dependency] }), {
      'dependencyDuration a:80': counts(8),
      'dependencyCalls a:80': 9,
      'dependencyInFlight a:80': 7,
      'dependencyErrors a:80 refused': 1,
      'dependencyErrors a:80 reset': 2,
      'dependencyErrors a:80 timeout': 3,
      'dependencyErrors a:80 5xx': 4,
      'dependencyErrors a:80 dns': 5,
      'dependencyErrors a:80 other': 6,
    });
  });

  test('the wait for a thread of the pool', () => {
    const threadpool = { wait: counts(4, 1), waitMs: 3, threads: 4, calls: { 'crypto.pbkdf2': 2 } };
    assert.deepEqual(read({ threadpool }), { threadpoolWait: counts(4, 1) });
  });

  test('utilization as a ratio and as time by state', () => {
    assert.deepEqual(read({ utilization: { ratio: 0.25, activeMs: 1_500, idleMs: 4_500 } }), {
      eventLoopUtilization: 0.25,
      'eventLoopTime active': 1.5,
      'eventLoopTime idle': 4.5,
    });
  });

  test('collections by kind', () => {
    const gc = { byKind: { minor: counts(1), major: counts(2) }, pauses: [], floors: [], windowMs: 12 };
    assert.deepEqual(read({ gc }), { 'gcDuration minor': counts(1), 'gcDuration major': counts(2) });
  });

  test('the heap in bytes, by space as V8 names it', () => {
    const space = { name: 'old_space', totalBytes: 6, usedBytes: 7, availableBytes: 8, physicalBytes: 9 };
    const heap = {
      totalBytes: 1,
      usedBytes: 2,
      limitBytes: 3,
      externalBytes: 4,
      arrayBuffersBytes: 5,
      spaces: [space],
    };
    assert.deepEqual(read({ heap }), {
      heapTotal: 1,
      heapUsed: 2,
      heapLimit: 3,
      externalMemory: 4,
      arrayBuffers: 5,
      'heapSpaceTotal old_space': 6,
      'heapSpaceUsed old_space': 7,
      'heapSpaceAvailable old_space': 8,
      'heapSpacePhysical old_space': 9,
    });
    assert.ok(!('arrayBuffers' in read({ heap: { ...heap, arrayBuffersBytes: null } })));
  });

  test('pools with every state', () => {
    assert.deepEqual(read({ pools: [pool] }), {
      'poolCount db used': 3,
      'poolCount db idle': 2,
      'poolMax db': 10,
      'poolPending db': 4,
      'poolTimeouts db': 5,
      'poolWaitTime db': counts(1),
      'poolUseTime db': counts(2),
      'poolCreateTime db': counts(3),
    });
    assert.ok(!('poolMax db' in read({ pools: [{ ...pool, maxCount: null }] })));
  });

  test('chaos faults and failures of sensors', () => {
    assert.deepEqual(read({ chaosFaults: ['export-all'], errors: { heap: 2, gc: 0 } }), {
      'chaosActive export-all': 1,
      'agentErrors heap': 2,
      'agentErrors gc': 0,
    });
  });
});

describe('active resources', () => {
  const requests = ['FSReqCallback', 'FSReqPromise', 'GetAddrInfoReqWrap', 'GetNameInfoReqWrap'];
  const handles = ['Timeout', 'Immediate', 'TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'TTYWrap'];

  test('are split into requests to libuv and handles', () => {
    const types = [...requests, ...handles];
    const values = read({ resources: Object.fromEntries(types.map((type, index) => [type, index + 1])) });
    const of = (metric: string) =>
      Object.keys(values).flatMap((key) => (key.startsWith(`${metric} `) ? key.split(' ')[1] : []));
    assert.deepEqual(of('activeResources'), types);
    assert.deepEqual(of('activeRequests'), requests);
    assert.deepEqual(of('activeHandles'), handles);
    assert.equal(values.activeRequestsTotal, 1 + 2 + 3 + 4);
    assert.equal(values.activeHandlesTotal, 5 + 6 + 7 + 8 + 9 + 10);
    assert.equal(values.activeResourcesTotal, 55);
  });

  test('are none when there are none', () => {
    assert.deepEqual(read({ resources: {} }), {
      activeResourcesTotal: 0,
      activeHandlesTotal: 0,
      activeRequestsTotal: 0,
    });
  });
});

describe('leaves out', () => {
  test('every part that could not be read', () => assert.deepEqual(read({}), {}));

  test('every number that is not known yet', () => {
    const unknown = Object.fromEntries(Object.keys(delay).map((key) => [key, null]));
    const values = read({
      delay: { ...delay, ...unknown, histogram: counts(0) },
      utilization: { ratio: null, activeMs: 0, idleMs: 0 },
    });
    assert.deepEqual(Object.keys(values), ['eventLoopDelay', 'eventLoopTime active', 'eventLoopTime idle']);
  });
});

test('gives each reading as many labels as its metric has', () => {
  const readings = readSnapshot(
    aSnapshot({ delay, pools: [pool], resources: { Timeout: 1 }, errors: { gc: 1 } }),
  );
  for (const { metric, labels } of readings) {
    assert.equal(labels.length, metricCatalog[metric].labels.length, metric);
  }
});
