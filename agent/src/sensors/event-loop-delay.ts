import { clearInterval, setInterval } from 'node:timers';
import { metricCatalog } from '../catalog/metrics.js';
import { monotonicMs } from '../protocol/clock.js';
import type { Heartbeat } from '../protocol/heartbeat.js';
import { createHistogram } from '../protocol/histogram.js';
import type { DelayReading } from '../protocol/snapshot.js';
import { createBeatPace, type Pace } from './beat-pace.js';
import type { Sensor } from './sensor.js';

const windowMs = 15_000;
/** 15 s of beats at the shortest interval that the configuration allows. */
const capacity = 4_096;
/** libuv rounds timers up to its millisecond clock, so an idle loop is up to this late without any delay. */
const timerGranularityMs = 1;
/** Beats that are this much later than they should be, against the working interval, are remembered as a gap. A
 *  stall's are four at the least. */
const notableIntervals = 3;

/** The sensor, and the heart that beats with it. */
export interface EventLoopDelaySensor extends Sensor<DelayReading> {
  /** A request begins just now. It counts as a beat, and while requests come the heart beats at the working pace. */
  work(): void;
  /** How late the loop has been since the start, all delays added up, the one that lasts at `nowMs` of monotonicMs()
   *  included. Never goes back. A block counts from the beat on that it delays. Unit: ms. */
  lateMs(nowMs: number): number;
}

/** Beats for the watchdog and measures how late each beat is: one timer serves both.
 *  Delay is lateness beyond the timer's own granularity, so an idle loop reads near 0, unlike
 *  monitorEventLoopDelay(), which records whole intervals and cannot be read by two scrapers. Unit: ms.
 *  `onWork` is called when a rest ends: whoever planned by the slow beats has to plan anew. */
export function startEventLoopDelaySensor(
  heartbeat: Heartbeat,
  pace: Pace,
  onWork: () => void = () => {},
): EventLoopDelaySensor {
  const times = new Float64Array(capacity);
  const delays = new Float64Array(capacity);
  const histogram = createHistogram(metricCatalog.eventLoopDelay.buckets ?? []);
  const { eventLoopUtilization } = performance;
  const beatPace = createBeatPace(pace, () => eventLoopUtilization().active, monotonicMs());
  let written = 0;
  let totalMs = 0;
  let intervalMs = beatPace.intervalMs();
  let previousMs = heartbeat.beat(Number.POSITIVE_INFINITY, intervalMs);

  /** Returns the time of the beat. */
  const beat = (): number => {
    const notableGapMs = intervalMs + pace.workingMs * notableIntervals;
    return heartbeat.beat(notableGapMs, beatPace.intervalMs());
  };
  const record = (now: number): void => {
    const delayMs = Math.max(0, now - previousMs - intervalMs - timerGranularityMs);
    const slot = written % capacity;
    times[slot] = now;
    delays[slot] = delayMs;
    written += 1;
    totalMs += delayMs;
    histogram.record(delayMs / 1_000);
  };
  const restart = (): void => {
    clearInterval(timer);
    intervalMs = beatPace.intervalMs();
    timer = setInterval(onTimer, intervalMs).unref();
  };
  function onTimer(): void {
    const hasChanged = beatPace.afterBeat(monotonicMs());
    const now = beat();
    record(now);
    previousMs = now;
    if (hasChanged) restart();
  }
  let timer = setInterval(onTimer, intervalMs).unref();

  const recentDelays = (): Float64Array => {
    const oldestMs = previousMs - windowMs;
    const recent = new Float64Array(Math.min(written, capacity));
    let count = 0;
    for (let index = written - 1; index >= 0 && count < capacity; index -= 1) {
      if (times[index % capacity]! < oldestMs) break;
      recent[count] = delays[index % capacity]!;
      count += 1;
    }
    return recent.subarray(0, count).sort();
  };

  return {
    read() {
      const newestMs = written === 0 ? null : delays[(written - 1) % capacity]!;
      return { newestMs, ...describe(recentDelays()), histogram: histogram.read() };
    },
    work() {
      if (!beatPace.work(monotonicMs())) return;
      const now = beat();
      // A beat that was due and did not come until now was late; one that was not due says nothing of the delay.
      if (now >= previousMs + intervalMs) record(now);
      previousMs = now;
      restart();
      onWork();
    },
    lateMs: (nowMs) => totalMs + Math.max(0, nowMs - previousMs - intervalMs - timerGranularityMs),
    close: () => clearInterval(timer),
  };
}

type Description = Omit<DelayReading, 'newestMs' | 'histogram'>;

function describe(sorted: Float64Array): Description {
  const count = sorted.length;
  if (count === 0) {
    return { minMs: null, maxMs: null, meanMs: null, stddevMs: null, p50Ms: null, p90Ms: null, p99Ms: null };
  }
  let sum = 0;
  let squares = 0;
  for (const delay of sorted) {
    sum += delay;
    squares += delay * delay;
  }
  const meanMs = sum / count;
  const quantile = (q: number): number => sorted[Math.max(0, Math.ceil(q * count) - 1)]!;
  return {
    minMs: sorted[0]!,
    maxMs: sorted[count - 1]!,
    meanMs,
    stddevMs: Math.sqrt(Math.max(0, squares / count - meanMs * meanMs)),
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    p99Ms: quantile(0.99),
  };
}
