import type { IncidentKind } from '../catalog/incidents.js';
import type { Finding } from '../protocol/finding.js';
import type { Incident } from '../protocol/incident.js';
import type { Reading } from '../protocol/reading.js';
import type { HeapFloor, HeapReading } from '../protocol/snapshot.js';
import { createAskedCollections } from './asked-collections.js';
import {
  detectExternalGrowth,
  type ExternalGrowth,
  type ExternalView,
  externalRule,
  findExternalGrowth,
} from './diagnosis/external-memory-growth.js';
import {
  detectResidentGrowth,
  findResidentGrowth,
  nativeBytes,
  type ResidentGrowth,
  type ResidentReading,
  residentRule,
} from './diagnosis/rss-growth.js';
import { fitTrend } from './diagnosis/theil-sen.js';
import { createFloors, heapFloorSize } from './history/floors.js';
import { createHighWater } from './history/high-water.js';
import { createSettlingFloors } from './history/settling-floors.js';
import type { EvidenceKeeper } from './keep-evidence.js';

/** What the machine has left is looked up this often: it takes some small files. Unit: ms. */
const roomForMs = 10_000;
/** On a machine with much memory and no limit, a process is judged as if it might take this much more: nobody wants
 *  to hear of a growth only when it has taken half of a large machine. Unit: bytes. */
const roomMostBytes = 4 * 1_024 ** 3;
/** Looks back over so many snapshots whether the buffers still grow. */
const recentKept = 20;
/** What the process has beside its heap jumps about within seconds, so the finest level is not looked at. */
const coarse = 1;
/** So many of the newest low points tell how the rest of the process has grown meanwhile. */
const nativePoints = 8;

/** What is asked of the world. */
export interface OffHeapWorld {
  /** Resident memory of the process. Unit: bytes; null when it cannot be read, or is not for this thread to tell. */
  residentOfProcess(): number | null;
  /** What the process may still get. Unit: bytes. */
  room(): number;
  /** Makes a major collection, whose floor comes with a later moment; false when it cannot. */
  collect(): Promise<boolean>;
  report(finding: Finding): Incident;
  readonly keep: EvidenceKeeper;
}

/** What else was read at the moment that is judged. */
export interface OffHeapMoment {
  /** On monotonicMs(). */
  readonly monotonicMs: number;
  readonly heap: HeapReading;
  /** After the major collections since the last moment. */
  readonly floors: readonly HeapFloor[];
  /** Share of the heap's limit that is alive, 0..1; null before the first collection. */
  readonly heapShare: number | null;
}

/** Follows what the process holds beside its heap: buffers, and the rest that nothing in JavaScript accounts for. */
export interface OffHeap {
  judge(moment: OffHeapMoment): void;
  readings(): Reading[];
  /** The incident of this kind is over. */
  forget(kind: IncidentKind): void;
}

/** Nothing before `quietUntilMs` counts, on the clock of the moments. */
export function createOffHeap(world: OffHeapWorld, quietUntilMs: number): OffHeap {
  const floors = createFloors<HeapFloor>(heapFloorSize);
  const lows = createFloors<ResidentReading>(nativeBytes);
  const externalWater = createHighWater();
  const nativeWater = createHighWater();
  const collections = createAskedCollections(world.collect);
  const settling = createSettlingFloors();
  let newestFloor: HeapFloor | null = null;
  const recent: { readonly atMs: number; readonly externalBytes: number }[] = [];
  const kept = new Set<IncidentKind>();
  let roomAtMs = Number.NEGATIVE_INFINITY;
  let roomBytes = 0;
  let settledAtMs = Number.NEGATIVE_INFINITY;
  let external: ExternalGrowth | null = null;
  let resident: ResidentGrowth | null = null;

  const readRoom = (nowMs: number): void => {
    if (nowMs - roomAtMs < roomForMs) return;
    roomAtMs = nowMs;
    roomBytes = Math.min(roomMostBytes, world.room());
  };
  const report = (finding: Finding, content: object): void => {
    const incident = world.report(finding);
    if (kept.has(finding.kind)) return;
    kept.add(finding.kind);
    world.keep(incident, [{ name: 'memory.json', content }]);
  };
  /** Without a new floor only a growth that goes on is looked at: lines through points take milliseconds. */
  const judgeExternal = ({ monotonicMs, heap, heapShare }: OffHeapMoment, hasNews: boolean): void => {
    if (!hasNews && external === null) return;
    const view: ExternalView = {
      levels: floors.levels(),
      nowMs: monotonicMs,
      externalBytes: heap.externalBytes,
      arrayBuffersBytes: heap.arrayBuffersBytes,
      earlier: recent.length === recentKept ? recent[0]! : null,
      roomBytes,
      highWaterBytes: externalWater.bytes(),
    };
    const found = findExternalGrowth(view, externalRule);
    external = typeof found === 'object' ? found : null;
    if (external === null) return;
    const nativePerSecond = nativeTrend(lows.levels()[coarse]!);
    report(detectExternalGrowth(external, view, { nativePerSecond, heapShare }), { ...view, found });
  };
  /** Looks for a line when a span is over and has its low point; until the next one the answer stays. */
  const judgeResident = (newest: ResidentReading, heapShare: number | null): void => {
    lows.add(newest);
    const levels = lows.levels().slice(coarse);
    const settled = levels[0]!.at(-2);
    if (settled !== undefined && settled.atMs > settledAtMs) {
      settledAtMs = settled.atMs;
      nativeWater.add(nativeBytes(settled));
      const found = findResidentGrowth(
        { levels, roomBytes, highWaterBytes: nativeWater.bytes() },
        residentRule,
      );
      resident = typeof found === 'object' ? found : null;
    }
    if (resident === null) return;
    report(detectResidentGrowth(resident, newest, roomBytes, heapShare), { levels, roomBytes, resident });
  };

  return {
    judge(moment) {
      const { monotonicMs, heap } = moment;
      const settled = settling.settle(moment.floors, monotonicMs, heap.externalBytes);
      newestFloor = settled.at(-1) ?? newestFloor;
      if (monotonicMs < quietUntilMs) return;
      readRoom(monotonicMs);
      for (const floor of settled.filter(({ atMs }) => atMs >= quietUntilMs)) {
        floors.add(floor);
        externalWater.add(floor.externalBytes);
      }
      recent.push({ atMs: monotonicMs, externalBytes: heap.externalBytes });
      if (recent.length > recentKept) recent.shift();
      const residentBytes = world.residentOfProcess();
      const { totalBytes: heapBytes, externalBytes } = heap;
      judgeExternal(moment, settled.length > 0);
      const highWaterBytes = externalWater.bytes();
      collections.look({ nowMs: monotonicMs, externalBytes, floor: newestFloor, highWaterBytes });
      if (residentBytes === null) return;
      judgeResident({ atMs: monotonicMs, residentBytes, heapBytes, externalBytes }, moment.heapShare);
    },
    readings() {
      const values: readonly (readonly [Reading['metric'], number | null])[] = [
        ['externalFloor', newestFloor?.externalBytes ?? null],
        ['externalTimeToLimit', external && external.timeToLimitMs / 1_000],
        ['nativeTimeToLimit', resident && resident.timeToLimitMs / 1_000],
      ];
      return values.flatMap(([metric, value]) => (value === null ? [] : [{ metric, labels: [], value }]));
    },
    forget(kind) {
      kept.delete(kind);
      if (kind === 'external-memory-growth') {
        external = null;
        floors.clear();
        collections.forget();
      }
      if (kind === 'rss-growth') {
        resident = null;
        lows.clear();
      }
    },
  };
}

function nativeTrend(readings: readonly ResidentReading[]): number | null {
  const points = readings
    .slice(-nativePoints)
    .map((reading) => ({ atMs: reading.atMs, value: nativeBytes(reading) }));
  return fitTrend(points)?.perSecond ?? null;
}
