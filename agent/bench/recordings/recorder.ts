/** Loaded into a program with --import: writes its memory down once a second, as the agent's sensors read it. */
import { appendFileSync } from 'node:fs';
import { monotonicMs } from '../../src/protocol/clock.js';
import { isYoungSpace } from '../../src/protocol/heap-spaces.js';
import { startGcSensor } from '../../src/sensors/gc.js';
import { startHeapSensor } from '../../src/sensors/heap.js';
import { readYoungReserve } from '../../src/sensors/young-reserve.js';
import { createThreadReader } from '../../src/sidecar/watchdog/cpu-times.js';
import { formatMoment, type RecordingConditions } from './format.js';

const file = process.env.RECORDING_FILE!;
const gc = startGcSensor();
const heap = startHeapSensor();
const startedMs = monotonicMs();
/** The main thread has the number of its process. */
const readTimes = createThreadReader(process.pid);
let waitedBeforeMs = 0;

const conditions: RecordingConditions = {
  ...(JSON.parse(process.env.RECORDING_CONDITIONS!) as RecordingConditions),
  node: process.versions.node,
  limitBytes: heap.read().limitBytes,
  youngReserveBytes: readYoungReserve(),
};
appendFileSync(file, `${JSON.stringify(conditions)}\n`);

setInterval(() => {
  const { windowMs, floors } = gc.read();
  const waitedMs = readTimes()?.runQueueMs ?? 0;
  const { totalBytes, externalBytes, arrayBuffersBytes, spaces } = heap.read();
  const used = (young: boolean): number =>
    spaces
      .filter(({ name }) => isYoungSpace(name) === young)
      .reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  const line = formatMoment({
    atMs: monotonicMs() - startedMs,
    collectedMs: windowMs,
    waitedMs: waitedMs - waitedBeforeMs,
    totalBytes,
    oldBytes: used(false),
    youngBytes: used(true),
    externalBytes,
    arrayBuffersBytes: arrayBuffersBytes ?? 0,
    residentBytes: process.memoryUsage.rss(),
    floors: floors.map((floor) => ({ ...floor, atMs: floor.atMs - startedMs })),
  });
  waitedBeforeMs = waitedMs;
  appendFileSync(file, `${line}\n`);
}, 1_000).unref();
