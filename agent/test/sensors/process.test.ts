import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { MetricId } from '../../src/catalog/metrics.js';
import { parseMemory, startProcessSensor } from '../../src/sensors/process.js';
import { spin } from '../harness/wait.js';

const startedAtMs = Date.now() - process.uptime() * 1_000;
const linux = existsSync('/proc/self/status');

function read(sensor = startProcessSensor(startedAtMs)): Partial<Record<MetricId, number>> {
  return Object.fromEntries(
    sensor.read().map((reading) => [reading.metric, 'value' in reading ? reading.value : Number.NaN]),
  );
}

test('reads CPU time in seconds that rise with work', () => {
  const sensor = startProcessSensor(startedAtMs);
  const before = read(sensor);
  // By CPU time: on a busy machine, time on the clock says little.
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user < 100_000) spin(5);
  const after = read(sensor);
  assert.ok(after.processCpu! - before.processCpu! > 0.09);
  assert.ok(Math.abs(after.processCpu! - after.processCpuUser! - after.processCpuSystem!) < 0.001);
});

test('reads the start of the process in seconds since the epoch', () => {
  assert.ok(Math.abs(read().processStartTime! - startedAtMs / 1_000) <= 1);
});

test('reads resident memory like Node does', () => {
  const ratio = read().processResidentMemory! / process.memoryUsage.rss();
  assert.ok(ratio > 0.8 && ratio < 1.25, `${ratio}`);
});

test('tells the version of Node with its parts', () => {
  const reading = startProcessSensor(startedAtMs)
    .read()
    .find(({ metric }) => metric === 'versionInfo');
  assert.deepEqual(reading?.labels, [process.version, ...process.versions.node.split('.')]);
});

test('counts file descriptors below their limit', (t) => {
  if (!linux) return t.skip('this system has no /proc/self/fd');
  const sensor = startProcessSensor(startedAtMs);
  const before = read(sensor);
  const descriptors = [1, 2, 3].map(() => openSync('/dev/null', 'r'));
  const after = read(sensor);
  for (const descriptor of descriptors) closeSync(descriptor);
  assert.equal(after.processOpenFds! - before.processOpenFds!, 3);
  assert.ok(after.processMaxFds! > after.processOpenFds!);
});

test('tells the address space, which holds the data, which holds the heap', (t) => {
  if (!linux) return t.skip('this system has no /proc/self/status');
  const { processVirtualMemory, processHeap } = read();
  assert.ok(processVirtualMemory! > processHeap! && processHeap! > process.memoryUsage().heapUsed);
});

describe('the sizes in /proc/self/status', () => {
  const rows: readonly [string, string, Partial<ReturnType<typeof parseMemory>>][] = [
    [
      'are KiB, whatever the size of a page is',
      'Name:\tnode\nVmPeak:\t  999 kB\nVmSize:\t 1200 kB\nVmRSS:\t   64 kB\nVmData:\t  128 kB\n',
      { virtualBytes: 1_228_800, residentBytes: 65_536, dataBytes: 131_072 },
    ],
    ['are not those of a line that only ends like it', 'HugeVmRSS:\t 5 kB\n', {}],
    ['may be left out by a sandbox', 'Name:\tnode\nVmRSS:\t 4 kB\n', { residentBytes: 4_096 }],
    ['are unknown in another unit', 'VmRSS:\t 4 MB\n', {}],
    ['are unknown without text', '', {}],
  ];
  for (const [title, text, expected] of rows) {
    test(title, () =>
      assert.deepEqual(parseMemory(text), {
        virtualBytes: null,
        residentBytes: null,
        dataBytes: null,
        ...expected,
      }),
    );
  }
});
