import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';
import { type AllocationSite, blameSites } from './allocation-sites.js';

/** What collections took of about one second. */
export interface GcWindow {
  /** Share of the time, 0..1; null when it could not be read. */
  readonly gcRatio: number | null;
}

/** When garbage collection is an incident. */
export interface GcRule {
  /** One busy second is a burst of garbage; five in a row are how the service works. */
  readonly windows: number;
  /** Share of wall time. A service that allocates with care spends 1 to 3 % of its time on collections; above a tenth
   *  they are the largest single thing that it does. */
  readonly ratio: number;
  /** Share of the limit that is alive, from which on V8 collects because room is short, whatever is allocated. */
  readonly nearLimitShare: number;
}

export const gcRule: GcRule = { windows: 5, ratio: 0.1, nearLimitShare: 0.8 };

/** Who has allocated how much during a time. */
export interface AllocatedSites {
  /** Dropped objects count as well. */
  readonly sites: readonly AllocationSite[];
  /** Unit: ms. */
  readonly spanMs: number;
  readonly samples: number;
}

/** What is known of the heap meanwhile. Unit: bytes; null when it is not known. */
export interface GcSurroundings {
  readonly floorBytes: number | null;
  readonly limitBytes: number | null;
}

/** Whether each of the newest windows was spent on collections for too large a share. Oldest first. */
export function isUnderPressure(windows: readonly GcWindow[], rule: GcRule): boolean | 'unknown' {
  const recent = windows.slice(-rule.windows);
  if (recent.length < rule.windows || recent.some(({ gcRatio }) => gcRatio === null)) return 'unknown';
  return recent.every(({ gcRatio }) => gcRatio! > rule.ratio);
}

/** What the process makes of the CPUs meanwhile. Null where nobody tells. */
export interface CpuShares {
  /** Share of the time that collections took, 0..1. */
  readonly gcRatio: number | null;
  /** What all threads but the main thread and the agent's compute, V8's helpers among them. Unit: cores. */
  readonly otherCores: number | null;
  /** Share of the time that the main thread waited for a CPU, 0..1. */
  readonly waitedRatio: number | null;
}

/** Whether the main thread waits for V8's own helpers. On few CPUs these take what they are to relieve: that is pressure on
 *  the collector, and no neighbour's. */
export const waitsForCollector = ({ gcRatio, otherCores, waitedRatio }: CpuShares, rule: GcRule): boolean =>
  (gcRatio ?? 0) > rule.ratio && otherCores !== null && otherCores >= (waitedRatio ?? 0);

/** The verdict. `allocated` is null where no profile could be had. */
export function detectGcPressure(
  windows: readonly GcWindow[],
  heap: GcSurroundings,
  allocated: AllocatedSites | null,
  occurrence: number,
  rule: GcRule,
): Finding | 'quiet' | 'unknown' {
  const pressed = isUnderPressure(windows, rule);
  if (pressed === 'unknown') return 'unknown';
  if (!pressed) return 'quiet';
  const recent = windows.slice(-rule.windows).map(({ gcRatio }) => gcRatio!);
  const ratio = recent.reduce((sum, each) => sum + each, 0) / recent.length;
  const aliveShare = aliveShareOf(heap);
  const isNearLimit = aliveShare !== null && aliveShare >= rule.nearLimitShare;
  const culprit = allocated === null ? null : blameSites(allocated.sites, allocated.samples);
  const bytes = allocated?.sites.reduce((sum, site) => sum + site.bytes, 0) ?? 0;
  const place =
    culprit === null
      ? ''
      : `, ${percent(culprit.share)} of the garbage from ${culprit.function} (${culprit.file}:${culprit.line})`;
  return {
    kind: 'gc-pressure',
    key: 'process',
    occurrences: occurrence,
    severity: 'warning',
    title: `Garbage collection takes ${percent(ratio)} of the time${isNearLimit ? ', because the heap is nearly full' : ''}${place}`,
    cause: isNearLimit ? 'near-limit' : 'allocation-rate',
    confidence: round(Math.min(0.99, 0.6 + (culprit?.share ?? 0) * 0.39)),
    culprit,
    request: null,
    measurements: {
      gcRatio: round(ratio),
      windowSeconds: recent.length,
      ...(aliveShare !== null && { aliveShare: round(aliveShare) }),
      ...(heap.floorBytes !== null && { floorBytes: Math.round(heap.floorBytes) }),
      ...(allocated !== null && {
        allocatedBytesPerSecond: Math.round((bytes / allocated.spanMs) * 1_000),
        samples: allocated.samples,
      }),
    },
    ruledOut: ruleOut(aliveShare, isNearLimit),
  };
}

const aliveShareOf = ({ floorBytes, limitBytes }: GcSurroundings): number | null =>
  floorBytes === null || limitBytes === null || limitBytes <= 0 ? null : floorBytes / limitBytes;

function ruleOut(aliveShare: number | null, isNearLimit: boolean): RuledOut[] {
  if (aliveShare === null || isNearLimit) return [];
  const because = `collections leave ${percent(aliveShare)} of the limit, and that does not grow`;
  return [{ kind: 'heap-leak', because }];
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const round = (value: number): number => Number(value.toFixed(3));
