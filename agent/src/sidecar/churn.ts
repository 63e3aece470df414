import type { Finding } from '../protocol/finding.js';
import type { HeapProfile } from '../protocol/heap-profile.js';
import { countAllMs } from '../protocol/heap-profile.js';
import { sitesOf } from './diagnosis/allocation-sites.js';
import {
  type AllocatedSites,
  detectGcPressure,
  type GcSurroundings,
  type GcWindow,
  gcRule,
  isUnderPressure,
} from './diagnosis/gc-pressure.js';
import type { ProfileReadings } from './profile-readings.js';

const windowsKept = 60;
/** So long everything that is allocated is counted. Some hundred samples at a rate that presses. Unit: ms. */
const countedMs = 3_000;
/** After this, the main thread counts what lives again. Unit: ms. */
const backToLiveMs = countAllMs + 1_000;
/** While the pressure stays, it is looked at again after this time. Unit: ms. */
const againMs = 60_000;
/** So long a verdict waits for its sites. Unit: ms. */
const patienceMs = 10_000;

/** What is asked of the world. */
export interface ChurnWorld {
  /** Unit: ms. */
  now(): number;
  /** Makes the main thread count all allocations for some seconds instead of those that live. */
  countAll(): void;
  /** Runs `work` later. */
  schedule(delayMs: number, work: () => void): void;
}

/** Follows what collections take of the time, and says who makes the garbage when it is too much. */
export interface Churn {
  /** A window has closed. `mayCount` says whether allocations may be counted in another way just now. Returns what
   *  can be said. */
  judge(window: GcWindow, heap: GcSurroundings, mayCount: boolean): Finding | null;
  /** Whether a profile of now would hold more than what lives. */
  isCounting(): boolean;
  /** The newest sites and the profile they were made from; null before the first. */
  newest(): { readonly allocated: AllocatedSites; readonly profile: HeapProfile } | null;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
}

export function createChurn({ now, countAll, schedule }: ChurnWorld, profiles: ProfileReadings): Churn {
  let windows: GcWindow[] = [];
  let newest: { readonly allocated: AllocatedSites; readonly profile: HeapProfile } | null = null;
  let isCounting = false;
  let countedFromMs = Number.NEGATIVE_INFINITY;
  let countedAtMs = Number.NEGATIVE_INFINITY;
  let pressedSinceMs: number | null = null;
  let occurrence = 1;

  const count = (): void => {
    isCounting = true;
    countedFromMs = now();
    countAll();
    schedule(countedMs, () => void finish(countedFromMs));
  };
  const finish = async (sinceMs: number): Promise<void> => {
    const taken = await profiles.take('all');
    isCounting = false;
    countedAtMs = now();
    if (taken === null) return;
    if (newest !== null) occurrence += 1;
    const allocated = {
      sites: sitesOf(taken.root),
      spanMs: taken.atMs - sinceMs,
      samples: taken.raw.samples.length,
    };
    newest = { allocated, profile: taken.raw };
  };

  return {
    judge(window, heap, mayCount) {
      windows = [...windows, window].slice(-windowsKept);
      if (isUnderPressure(windows, gcRule) !== true) {
        pressedSinceMs = null;
        return null;
      }
      pressedSinceMs ??= now();
      if (mayCount && !isCounting && now() - countedAtMs >= againMs) count();
      const mayWait = isCounting && newest === null;
      if (mayWait && now() - pressedSinceMs < patienceMs) return null;
      const finding = detectGcPressure(windows, heap, newest?.allocated ?? null, occurrence, gcRule);
      return typeof finding === 'string' ? null : finding;
    },
    isCounting: () => now() - countedFromMs < backToLiveMs,
    newest: () => newest,
    forget() {
      newest = null;
      countedAtMs = Number.NEGATIVE_INFINITY;
      occurrence = 1;
    },
  };
}
