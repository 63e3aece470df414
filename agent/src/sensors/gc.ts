import { constants, type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks';
import { metricCatalog } from '../catalog/metrics.js';
import { monotonicMs } from '../protocol/clock.js';
import { createHistogram, type Histogram } from '../protocol/histogram.js';
import type { GcPause, GcReading, HeapFloor } from '../protocol/snapshot.js';
import { readHeapFloor } from './heap-floor.js';
import type { Sensor } from './sensor.js';

/** The longest pauses of a window go along with the snapshot; the sums and counts hold all of them. */
const pausesKept = 64;
/** A window of a second has one for each delivery of major collections; after a long silence the newest count. */
const floorsKept = 64;

const kindNames: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** Name of a collection's kind; kinds that this table does not know are `other`, never dropped. */
export function gcKindName(kind: number): string {
  return kindNames.get(kind) ?? 'other';
}

/** Name of the kind of a collection that a performance entry tells of. */
export function gcKindOf(entry: PerformanceEntry): string {
  return gcKindName((entry as PerformanceEntry & { detail?: { kind?: number } }).detail?.kind ?? -1);
}

/** Counts every collection: one callback of the observer brings many entries, and each one is read.
 *  `onPause` is told each one's kind and its duration in seconds. */
export function startGcSensor(
  onPause: (kind: string, seconds: number) => void = () => {},
): Sensor<GcReading> {
  const byKind = new Map<string, Histogram>();
  let pauses: GcPause[] = [];
  let floors: HeapFloor[] = [];
  let windowMs = 0;
  // performance.now() counts from the start of this thread; the sidecar compares on the shared clock.
  const clockOffsetMs = monotonicMs() - performance.now();

  const record = (entry: PerformanceEntry): string => {
    const kind = gcKindOf(entry);
    const { duration } = entry;
    let histogram = byKind.get(kind);
    if (histogram === undefined) {
      histogram = createHistogram(metricCatalog.gcDuration.buckets ?? []);
      byKind.set(kind, histogram);
    }
    histogram.record(duration / 1_000);
    windowMs += duration;
    pauses.push({ kind, startedMs: entry.startTime + clockOffsetMs, durationMs: duration });
    if (pauses.length > pausesKept * 2) pauses = longest(pauses);
    onPause(kind, duration / 1_000);
    return kind;
  };
  const observer = new PerformanceObserver((list) => {
    const kinds = list.getEntries().map(record);
    if (kinds.includes('major')) floors = [...floors, ...attempt(readHeapFloor)].slice(-floorsKept);
  });
  observer.observe({ entryTypes: ['gc'] });

  return {
    read() {
      const reading: GcReading = {
        byKind: Object.fromEntries([...byKind].map(([kind, histogram]) => [kind, histogram.read()])),
        pauses: longest(pauses),
        floors,
        windowMs,
      };
      pauses = [];
      floors = [];
      windowMs = 0;
      return reading;
    },
    close: () => observer.disconnect(),
  };
}

const longest = (pauses: readonly GcPause[]): GcPause[] =>
  pauses.length <= pausesKept
    ? [...pauses]
    : pauses.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, pausesKept);

/** Whatever is thrown in an observer would reach the host. */
function attempt<Value>(read: () => Value): Value[] {
  try {
    return [read()];
  } catch {
    return [];
  }
}
