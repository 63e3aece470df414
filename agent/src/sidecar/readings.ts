import { getHeapStatistics } from 'node:v8';
import { incidentCatalog } from '../catalog/incidents.js';
import { createLabelBounds } from '../exporters/label-bounds.js';
import { readSnapshot } from '../exporters/snapshot-readings.js';
import type { Reading } from '../protocol/reading.js';
import type { Snapshot } from '../protocol/snapshot.js';
import type { Stall } from '../protocol/stall.js';
import type { BlockedTime } from './blocked-time.js';
import type { Dependencies } from './dependencies.js';
import type { IncidentBook } from './incidents/book.js';
import { type CpuTimes, readCpuTimes } from './watchdog/cpu-times.js';

/** What the readings are made from. */
export interface ReadingSources {
  readonly snapshot: () => Snapshot | null;
  readonly process: () => readonly Reading[];
  /** Of the thread that is watched; null where the system does not tell. */
  readonly cpuTimes: () => CpuTimes | null;
  readonly currentStall: () => Stall | null;
  readonly book: IncidentBook;
  readonly blocked: BlockedTime;
  readonly memory: () => readonly Reading[];
  /** Time of the main thread in synchronous writes to stdout and stderr; null when nothing marks them. Unit: ms. */
  readonly logWritingMs: () => number | null;
  readonly dependencies: Pick<Dependencies, 'read'>;
  readonly handles: () => readonly Reading[];
  readonly formerProcesses: () => readonly Reading[];
  /** Failures of the sidecar itself, by the part that failed. */
  readonly errors: ReadonlyMap<string, number>;
}

/** All readings of this moment, within the bounds of their labels. */
export function createReadings(sources: ReadingSources): () => Reading[] {
  const bounds = createLabelBounds();
  return () => {
    const readings = bounds.apply([
      ...sources.process(),
      ...snapshotReadings(sources),
      ...sources.blocked.read(),
      ...sources.memory(),
      ...logWriteReadings(sources),
      ...sources.dependencies.read(),
      ...sources.handles(),
      ...sources.formerProcesses(),
      ...incidentReadings(sources.book),
      ...ownReadings(sources),
    ]);
    const overflows = [...bounds.overflows()].map(
      ([metric, value]): Reading => ({ metric: 'labelOverflow', labels: [metric], value }),
    );
    return [...readings, ...overflows];
  };
}

function logWriteReadings({ logWritingMs }: ReadingSources): Reading[] {
  const writingMs = logWritingMs();
  return writingMs === null ? [] : [{ metric: 'logWrite', labels: [], value: writingMs / 1_000 }];
}

function snapshotReadings({ snapshot, currentStall }: ReadingSources): Reading[] {
  const newest = snapshot();
  if (newest === null) return [];
  const ageMs = Math.max(0, Date.now() - newest.atMs);
  const age: Reading = { metric: 'snapshotAge', labels: [], value: ageMs / 1_000 };
  return [age, ...readSnapshot(newest).map((reading) => raiseDelay(reading, currentStall()))];
}

/** While the loop is blocked its own readings stand still; how late it already is, is known here. */
function raiseDelay(reading: Reading, stall: Stall | null): Reading {
  const live = reading.metric === 'eventLoopLag' || reading.metric === 'eventLoopDelayMax';
  if (stall === null || !live || !('value' in reading)) return reading;
  return { ...reading, value: Math.max(reading.value, stall.blockedMs / 1_000) };
}

function incidentReadings(book: IncidentBook): Reading[] {
  const open = new Set(book.list().flatMap(({ kind, status }) => (status === 'open' ? [kind] : [])));
  const kinds = Object.values(incidentCatalog).map(({ kind }) => kind);
  return [
    ...kinds.map(
      (kind): Reading => ({ metric: 'incidentActive', labels: [kind], value: open.has(kind) ? 1 : 0 }),
    ),
    ...book
      .opened()
      .map(
        ({ kind, cause, count }): Reading => ({ metric: 'incidents', labels: [kind, cause], value: count }),
      ),
  ];
}

function ownReadings({ errors, cpuTimes }: ReadingSources): Reading[] {
  const heap = getHeapStatistics();
  const cpu = readCpuTimes('self');
  const watched = cpuTimes();
  const readings: Reading[] = [
    { metric: 'agentMemory', labels: [], value: heap.total_heap_size + heap.external_memory },
    ...[...errors].map(([part, value]): Reading => ({ metric: 'agentErrors', labels: [part], value })),
  ];
  if (cpu !== null) readings.push({ metric: 'agentCpu', labels: [], value: cpu.onCpuMs / 1_000 });
  if (watched !== null)
    readings.push({ metric: 'runQueueWait', labels: [], value: watched.runQueueMs / 1_000 });
  if (watched !== null && watched.throttledMs !== null) {
    readings.push({ metric: 'cpuThrottled', labels: [], value: watched.throttledMs / 1_000 });
  }
  return readings;
}
