import type { Finding } from '../protocol/finding.js';
import type { HeapProfile } from '../protocol/heap-profile.js';
import type { Incident } from '../protocol/incident.js';
import type { HeapFloor } from '../protocol/snapshot.js';
import {
  detectHeapNearLimit,
  isContainerFull,
  isNearLimit,
  type LiveSites,
  type NearLimitView,
  nearLimitRule,
} from './diagnosis/heap-near-limit.js';
import type { EvidenceFile, EvidenceKeeper } from './keep-evidence.js';

/** The newest collections that are looked at, and that go into the evidence. */
const floorsKept = 16;

/** What is asked of the world. */
export interface NearLimitWorld {
  report(finding: Finding): Incident;
  readonly keep: EvidenceKeeper;
}

/** What is known of who fills the heap. */
export interface NearLimitKnowledge {
  readonly isLeak: boolean;
  /** Null before the first profile. */
  readonly live: LiveSites | null;
  /** The profile that `live` was made from. */
  readonly profile: HeapProfile | null;
}

/** Says when what is alive nearly fills the heap, and keeps its evidence at once: the process may not live long. */
export interface NearLimit {
  /** A major collection after the quiet time at the start. */
  addFloor(floor: HeapFloor): void;
  judge(
    heap: Omit<NearLimitView, 'floors' | 'takenBytes'> & { readonly totalBytes: number },
    known: NearLimitKnowledge,
  ): void;
  /** Whether a heap profile would tell who fills the heap, and there was none yet. */
  wantsSites(): boolean;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
}

export function createNearLimit({ report, keep }: NearLimitWorld): NearLimit {
  let floors: HeapFloor[] = [];
  let takenBytes: number[] = [];
  let isNear = false;
  let live: LiveSites | null = null;
  let kept: 'nothing' | 'numbers' | 'sites' = 'nothing';

  return {
    addFloor(floor) {
      floors = [...floors, floor].slice(-floorsKept);
    },
    judge({ totalBytes, ...heap }, known) {
      takenBytes = [...takenBytes, totalBytes].slice(-nearLimitRule.snapshots);
      const view: NearLimitView = { ...heap, floors, takenBytes };
      isNear = isNearLimit(view, nearLimitRule) === true || isContainerFull(view, nearLimitRule);
      if (!isNear) return;
      live ??= known.live;
      const finding = detectHeapNearLimit(view, known.isLeak, live, nearLimitRule);
      if (typeof finding === 'string') return;
      const incident = report(finding);
      const wanted = live === null ? 'numbers' : 'sites';
      if (kept === wanted || kept === 'sites') return;
      kept = wanted;
      keep(incident, evidenceOf(view, finding, known.profile));
    },
    wantsSites: () => isNear && live === null,
    forget() {
      live = null;
      kept = 'nothing';
    },
  };
}

/** The numbers first: they are small, and written even if there is time for nothing else. */
function evidenceOf(
  view: NearLimitView,
  { measurements }: Finding,
  profile: HeapProfile | null,
): EvidenceFile[] {
  const numbers: EvidenceFile = { name: 'memory.json', content: { measurements, ...view } };
  return profile === null ? [numbers] : [numbers, { name: 'allocations.heapprofile', content: profile }];
}
