import type { IncidentKind } from '../catalog/incidents.js';
import type { Finding } from '../protocol/finding.js';
import { isYoungSpace } from '../protocol/heap-spaces.js';
import type { HeapView } from '../protocol/heap-view.js';
import type { Incident } from '../protocol/incident.js';
import type { Reading } from '../protocol/reading.js';
import type { HeapFloor, Snapshot } from '../protocol/snapshot.js';
import type { Stall } from '../protocol/stall.js';
import { createAllocationProfiles } from './allocation-profiles.js';
import { type ChurnWorld, createChurn } from './churn.js';
import { type CollectionWorld, createCollectionRequests } from './collection-requests.js';
import { detectHeapLeak, findLeak, type GrownSites, type Leak, leakRule } from './diagnosis/heap-leak.js';
import { isSuspect, suspicionRule } from './diagnosis/heap-suspicion.js';
import { realLimit } from './diagnosis/real-limit.js';
import { createFloors, heapFloorSize } from './history/floors.js';
import { createHighWater } from './history/high-water.js';
import type { EvidenceFile, EvidenceKeeper } from './keep-evidence.js';
import { createNearLimit } from './near-limit.js';
import { createOffHeap, type OffHeapWorld } from './off-heap.js';
import { createProfileReadings, type ProfilesWorld } from './profile-readings.js';
import { isForTheClockOnly } from './starvation.js';

/** So long a verdict waits for the sites that belong to it. Unit: ms. */
const patienceMs = 30_000;
/** A heap that ends sooner than this gets its verdict at once. Unit: ms. */
const hurryMs = 60_000;
/** Windows over which the share of collections is told. */
const gcWindows = 10;
/** Looks back over so many windows whether the heap still grows. */
const recentWindows = 20;

/** What is asked of the world. */
export interface MemoryWorld
  extends Omit<ProfilesWorld, 'collections'>,
    ChurnWorld,
    CollectionWorld,
    Omit<OffHeapWorld, 'collect'> {
  /** Memory that the container may use. Unit: bytes; null without a limit. */
  containerLimit(): number | null;
  /** Resident memory of the process. Unit: bytes; null when it cannot be read. */
  resident(): number | null;
  /** What young spaces take of V8's limit. Unit: bytes. */
  readonly youngReserveBytes: number;
  report(finding: Finding): Incident;
  readonly keep: EvidenceKeeper;
}

/** Follows what collections leave of the heap, and says who keeps it when that grows. */
export interface Memory {
  /** A new snapshot, with the share of its window that the main thread waited for a CPU. Call it about once a second. */
  judge(snapshot: Snapshot, waitedRatio: number | null): void;
  readings(): Reading[];
  /** Share of the newest seconds that collections took, 0..1; null before there are two. */
  gcRatio(): number | null;
  /** Whether a pause of the main thread was made by reading a heap profile, or by a collection that was asked for. */
  explains(stall: Stall): boolean;
  /** The incident of this kind is over. */
  forget(kind: IncidentKind): void;
}

/** Collections before `quietUntilMs`, on the clock of the snapshots, say nothing: imports and first requests fill the
 *  heap then. */
export function createMemory(world: MemoryWorld, quietUntilMs: number): Memory {
  const floors = createFloors(heapFloorSize);
  const collections = createCollectionRequests(world);
  const { collect } = collections;
  const readings = createProfileReadings({ ...world, collections });
  const profiles = createAllocationProfiles(world.now, readings, collect);
  const churn = createChurn(
    {
      now: world.now,
      schedule: world.schedule,
      countAll() {
        // What lives is counted anew after this.
        profiles.forget();
        world.countAll();
      },
    },
    readings,
  );
  const recent: { readonly atMs: number; readonly oldBytes: number }[] = [];
  const offHeap = createOffHeap({ ...world, collect }, quietUntilMs);
  const nearLimit = createNearLimit(world);
  const gc: { readonly atMs: number; readonly windowMs: number }[] = [];
  const highWater = createHighWater();
  let newestFloorBytes: number | null = null;
  let toothBytes = 0;
  let limitBytes: number | null = null;
  let leak: Leak | null = null;
  let leakSinceMs = 0;
  let isOpen = false;
  let kept: GrownSites | null | undefined;
  let keptChurn: ReturnType<typeof churn.newest> = null;

  const addFloor = (floor: HeapFloor): void => {
    collections.heard(floor.atMs);
    newestFloorBytes = floor.bytes;
    toothBytes = Math.max(toothBytes, recent.at(-1)?.oldBytes ?? 0);
    if (floor.atMs < quietUntilMs) return;
    floors.add(floor);
    highWater.add(floor.bytes);
    nearLimit.addFloor(floor);
  };
  const gcRatio = (): number | null => {
    const spanMs = gc.length < 2 ? 0 : gc.at(-1)!.atMs - gc[0]!.atMs;
    if (spanMs <= 0) return null;
    return Math.min(1, gc.slice(1).reduce((sum, { windowMs }) => sum + windowMs, 0) / spanMs);
  };
  const judgeLeak = (view: HeapView): void => {
    const found = findLeak(view, leakRule);
    if (typeof found === 'object' && leak === null) leakSinceMs = view.nowMs;
    leak = typeof found === 'object' ? found : null;
    const isSuspected = leak !== null || isSuspect(view, suspicionRule) || nearLimit.wantsSites();
    profiles.look(view, isSuspected && !churn.isCounting(), leak !== null);
    if (leak === null) return;
    const mayWait = profiles.isPending() && leak.timeToLimitMs > hurryMs;
    if (!isOpen && mayWait && view.nowMs - leakSinceMs < patienceMs) return;
    isOpen = true;
    const grown = profiles.grown();
    const incident = world.report(detectHeapLeak(leak, view, grown, gcRatio(), leakRule));
    if (kept === grown) return;
    kept = grown;
    world.keep(incident, evidenceOf(view, leak, grown, profiles.newest()));
  };
  const judgeNearLimit = (view: Parameters<typeof nearLimit.judge>[0]): void =>
    nearLimit.judge(view, {
      isLeak: leak !== null || isOpen,
      live: profiles.alive(),
      profile: profiles.newest(),
    });
  const judgeCollections = (waitedRatio: number | null): void => {
    const [before, newest] = gc.slice(-2);
    if (before === undefined || newest === undefined) return;
    // A collection that waits for a CPU takes long, and has little to do.
    const gcRatio = isForTheClockOnly(waitedRatio)
      ? null
      : Math.min(1, newest.windowMs / Math.max(1, newest.atMs - before.atMs));
    // A mere suspicion of growth gives way: what presses now is known.
    const mayCount = leak === null && !readings.isReading();
    const finding = churn.judge({ gcRatio }, { floorBytes: newestFloorBytes, limitBytes }, mayCount);
    if (finding === null) return;
    const incident = world.report(finding);
    const counted = churn.newest();
    if (counted === null || counted === keptChurn) return;
    keptChurn = counted;
    const { measurements } = finding;
    world.keep(incident, [
      { name: 'collections.json', content: { measurements, ...counted.allocated } },
      { name: 'allocations.heapprofile', content: counted.profile },
    ]);
  };

  return {
    judge({ monotonicMs, gc: counted, heap }, waitedRatio) {
      if (counted !== null) {
        gc.push({ atMs: monotonicMs, windowMs: counted.windowMs });
        if (gc.length > gcWindows) gc.shift();
        collections.note(counted.pauses);
        for (const floor of counted.floors) addFloor(floor);
      }
      if (heap === null) return;
      const v8LimitBytes = heap.limitBytes - world.youngReserveBytes;
      limitBytes = realLimit(v8LimitBytes, heap.totalBytes, world.containerLimit(), world.resident());
      const oldBytes = heap.spaces
        .filter(({ name }) => !isYoungSpace(name))
        .reduce((sum, { usedBytes }) => sum + usedBytes, 0);
      recent.push({ atMs: monotonicMs, oldBytes });
      if (recent.length > recentWindows) recent.shift();
      const view = { oldBytes, totalBytes: heap.totalBytes, limitBytes, v8LimitBytes, gcRatio: gcRatio() };
      // There are no floors yet, but a full container kills whoever has just begun as well.
      if (monotonicMs < quietUntilMs) return judgeNearLimit(view);
      const levels = floors.levels();
      const earlier = recent.length === recentWindows ? recent[0]! : null;
      const known = { earlier, limitBytes, highWaterBytes: highWater.bytes(), newestFloorBytes, toothBytes };
      judgeLeak({ levels, nowMs: monotonicMs, oldBytes, ...known });
      judgeNearLimit(view);
      const heapShare = newestFloorBytes === null ? null : newestFloorBytes / limitBytes;
      offHeap.judge({ monotonicMs, heap, floors: counted?.floors ?? [], heapShare });
      if (counted !== null) judgeCollections(waitedRatio);
    },
    readings() {
      const values: readonly (readonly [Reading['metric'], number | null])[] = [
        ['heapFloor', newestFloorBytes],
        ['heapRealLimit', limitBytes],
        ['heapTimeToLimit', leak && leak.timeToLimitMs / 1_000],
      ];
      const own = values.flatMap(([metric, value]): Reading[] =>
        value === null ? [] : [{ metric, labels: [], value }],
      );
      return [...own, ...offHeap.readings()];
    },
    gcRatio,
    explains: (stall) =>
      readings.overlaps(stall.startedMs, stall.startedMs + stall.blockedMs) || collections.explains(stall),
    forget(kind) {
      if (kind === 'gc-pressure') churn.forget();
      if (kind === 'heap-near-limit') nearLimit.forget();
      offHeap.forget(kind);
      if (kind !== 'heap-leak') return;
      isOpen = false;
      kept = undefined;
      floors.clear();
      profiles.forget();
    },
  };
}

function evidenceOf(view: HeapView, leak: Leak, grown: GrownSites | null, profile: unknown): EvidenceFile[] {
  const memory: EvidenceFile = { name: 'memory.json', content: { ...view, leak, grown } };
  return profile === null ? [memory] : [memory, { name: 'allocations.heapprofile', content: profile }];
}
