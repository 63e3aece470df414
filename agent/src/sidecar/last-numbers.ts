import { isYoungSpace } from '../protocol/heap-spaces.js';
import type { LastWords } from '../protocol/last-words.js';
import type { Snapshot } from '../protocol/snapshot.js';
import { realLimit } from './diagnosis/real-limit.js';
import type { LiveHeap } from './history/live-heap.js';
import type { RoomReading } from './history/room-trend.js';
import type { MemoryRoom } from './watchdog/memory-room.js';

/** How long before the newest snapshot collections are looked at. Unit: ms. */
const gcSpanMs = 2_000;
/** Of the newest ones the snapshot does not know yet. Unit: ms. */
const gcDeliveryMs = 100;

/** What the numbers are made from. Unit: bytes; null for what is not known. */
export interface NumberSources {
  /** Unit: ms on monotonicMs(). */
  now(): number;
  snapshot(): Snapshot | null;
  /** Share of a time span that was spent in collections; null when it is not known. */
  gcRatio(fromMs: number, toMs: number): number | null;
  live(): LiveHeap | null;
  resident(): number | null;
  containerLimit(): number | null;
  room(): RoomReading<MemoryRoom>;
  readonly youngReserveBytes: number;
}

/** The numbers that tell how near to its end a process was, without those that are not known. */
export function readLastNumbers(sources: NumberSources): LastWords['numbers'] {
  const { freeBytes, fillBytesPerSecond, where } = sources.room();
  const containerLimitBytes = sources.containerLimit();
  const residentBytes = sources.resident();
  const numbers: Readonly<Record<string, number | null>> = {
    residentBytes,
    containerLimitBytes,
    containerFreeBytes: where === 'the container' ? freeBytes : null,
    containerFillBytesPerSecond: where === 'the container' ? fillBytesPerSecond : null,
    ...liveNumbers(sources),
    ...snapshotNumbers(sources, containerLimitBytes, residentBytes),
  };
  return withoutNull(numbers);
}

/** Those of the heap alone, which cost nothing. */
export const readHeapNumbers = (sources: NumberSources): LastWords['numbers'] =>
  withoutNull({ ...liveNumbers(sources), ...snapshotNumbers(sources, null, null) });

const withoutNull = (numbers: Readonly<Record<string, number | null>>): LastWords['numbers'] =>
  Object.fromEntries(
    Object.entries(numbers).flatMap(([name, value]) => (value === null ? [] : [[name, round(value)]])),
  );

function liveNumbers({ live, now }: NumberSources): Record<string, number> {
  const newest = live();
  if (newest === null) return {};
  const { bytes, atMs, bytesPerSecond } = newest;
  return { liveBytes: bytes, liveBytesPerSecond: bytesPerSecond, liveAgeMs: Math.max(0, now() - atMs) };
}

function snapshotNumbers(
  { snapshot, gcRatio, now, youngReserveBytes }: NumberSources,
  containerBytes: number | null,
  residentBytes: number | null,
): Record<string, number | null> {
  const newest = snapshot();
  if (newest === null) return {};
  const { heap, monotonicMs, utilization, delay } = newest;
  const untilMs = monotonicMs - gcDeliveryMs;
  const loop = {
    snapshotAgeMs: Math.max(0, now() - monotonicMs),
    gcRatio: gcRatio(untilMs - gcSpanMs, untilMs),
    utilization: utilization?.ratio ?? null,
    delayMaxMs: delay?.maxMs ?? null,
  };
  if (heap === null) return loop;
  const v8LimitBytes = heap.limitBytes - youngReserveBytes;
  return {
    oldBytes: heap.spaces
      .filter(({ name }) => !isYoungSpace(name))
      .reduce((sum, { usedBytes }) => sum + usedBytes, 0),
    v8LimitBytes,
    limitBytes: realLimit(v8LimitBytes, heap.totalBytes, containerBytes, residentBytes),
    heapUsedBytes: heap.usedBytes,
    heapTotalBytes: heap.totalBytes,
    externalBytes: heap.externalBytes,
    arrayBuffersBytes: heap.arrayBuffersBytes,
    ...loop,
  };
}

const round = (value: number): number => Number(value.toFixed(3));
