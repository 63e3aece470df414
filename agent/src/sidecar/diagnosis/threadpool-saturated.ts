import type { Finding } from '../../protocol/finding.js';
import type { RuledOut } from '../../protocol/incident.js';
import { type PoolWork, poolWork, type ThreadpoolWindow } from '../../protocol/threadpool.js';

/** When waiting for a thread of the pool is an incident. */
export interface ThreadpoolRule {
  /** So many windows in a row must be slow: a second of waiting is a burst, or somebody's start. */
  readonly windows: number;
  /** So far back is looked for windows in which the loop was undisturbed. */
  readonly windowsMost: number;
  /** A file or a host name that waits longer than this makes a request late that somebody notices; a free pool takes
   *  its tasks within a millisecond. Unit: ms. */
  readonly limitMs: number;
  /** From so much computing beside the main thread on, the pool computes; up to so much it waits for others. Between
   *  the two it may compute on a crowded machine, or wait while the collector's helpers compute. Unit: cores. */
  readonly computingCores: number;
  readonly waitingCores: number;
}

export const threadpoolRule: ThreadpoolRule = {
  windows: 5,
  windowsMost: 10,
  limitMs: 100,
  computingCores: 0.5,
  waitingCores: 0.1,
};

/** Requests of libuv that Node lists and that stand in the pool's queue. Those of c-ares (`QueryReqWrap`) do not. */
const listed: Readonly<Record<string, PoolWork>> = {
  FSReqCallback: 'fs',
  FSReqPromise: 'fs',
  FileHandleCloseReq: 'fs',
  GetAddrInfoReqWrap: 'dns',
  GetNameInfoReqWrap: 'dns',
};
/** The work of these kinds needs a CPU; the others wait for a disk or a name server. */
const computing: ReadonlySet<PoolWork> = new Set(['crypto', 'zlib']);

/** What an operation is for; null for one that is not known to work in the pool. */
export function workOf(operation: string): PoolWork | null {
  const known = listed[operation];
  if (known !== undefined) return known;
  return poolWork.find((work) => operation.startsWith(`${work}.`)) ?? null;
}

/** Whether every thread of the pool has a call that computes, work waits behind them, and the CPU time shows it. */
export function isComputing(
  { waitMs, otherCores, threads, pending }: Omit<ThreadpoolWindow, 'isDisturbed'>,
  { limitMs, computingCores }: ThreadpoolRule,
): boolean {
  if (waitMs === null || waitMs <= limitMs || otherCores === null || otherCores < computingCores)
    return false;
  return countComputing(new Map(Object.entries(pending))) >= threads;
}

/** Windows that can be judged: the newest ones in which the main thread was undisturbed. Null when they are too few, or
 *  when the newest of all is disturbed or without a probe. */
function usableWindows(
  windows: readonly ThreadpoolWindow[],
  rule: ThreadpoolRule,
): readonly ThreadpoolWindow[] | null {
  const isUsable = ({ isDisturbed, waitMs }: ThreadpoolWindow): boolean => !isDisturbed && waitMs !== null;
  const newest = windows.at(-1);
  if (newest === undefined || !isUsable(newest)) return null;
  const usable = windows.slice(-rule.windowsMost).filter(isUsable).slice(-rule.windows);
  return usable.length < rule.windows ? null : usable;
}

/** Whether each probe of the newest windows waited for a thread, while the loop was free. Windows oldest first; those
 *  in which the main thread was disturbed are left out, because what they measure may be its own delay. */
export function detectThreadpoolSaturated(
  windows: readonly ThreadpoolWindow[],
  rule: ThreadpoolRule,
): Finding | 'quiet' | 'unknown' {
  const recent = usableWindows(windows, rule);
  if (recent === null) return 'unknown';
  const waits = recent.map(({ waitMs }) => waitMs ?? 0);
  if (!waits.every((waitMs) => waitMs > rule.limitMs)) return 'quiet';
  const pending = meanPending(recent);
  const otherCores = meanKnown(recent.map((window) => window.otherCores));
  const { threads } = recent.at(-1)!;
  const blamed = blame(pending, otherCores, threads, rule);
  const meanMs = mean(waits);
  const behind = blamed.operation === null ? '' : `: ${about(blamed.count)} ${blamed.operation} are pending`;
  return {
    kind: 'threadpool-saturated',
    key: 'process',
    occurrences: 1,
    severity: 'warning',
    title: `Work waits ${Math.round(meanMs)} ms for a thread of the pool of ${threads}${behind}`,
    cause: blamed.work ?? 'unknown',
    ...(blamed.operation !== null && { operation: blamed.operation }),
    // What is blamed of what is pending, less for few looks: n that all agree give n / (n + 1).
    confidence: round(blamed.share * (recent.length / (recent.length + 1))),
    culprit: null,
    request: null,
    measurements: {
      samples: recent.length,
      waitMs: round(meanMs),
      longestWaitMs: round(Math.max(...waits)),
      threads,
      ...Object.fromEntries(poolWork.map((work) => [nameOf(work), round(sumOf(pending, work))])),
      ...(otherCores !== null && { otherCores: round(otherCores) }),
    },
    ruledOut: ruleOut(recent),
  };
}

interface Blamed {
  readonly work: PoolWork | null;
  readonly operation: string | null;
  readonly count: number;
  /** Share of what is pending and may be to blame, 0..1. */
  readonly share: number;
}

/** Whoever waits behind a full pool is pending as well, so that numbers alone may name the victims: whether the pool
 *  computes or waits tells which of them can be what fills it. */
function blame(
  pending: ReadonlyMap<string, number>,
  otherCores: number | null,
  threads: number,
  { computingCores, waitingCores }: ThreadpoolRule,
): Blamed {
  const isWaiting = otherCores !== null && otherCores <= waitingCores;
  const mayAllCompute = otherCores !== null && !isWaiting && countComputing(pending) >= threads;
  const isComputing = otherCores !== null && (otherCores >= computingCores || mayAllCompute);
  const mayFill = (work: PoolWork): boolean => (computing.has(work) ? !isWaiting : !isComputing);
  const ofWork = poolWork.map((work) => ({ work, count: mayFill(work) ? sumOf(pending, work) : 0 }));
  const all = ofWork.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return { work: null, operation: null, count: 0, share: 0 };
  const { work, count } = ofWork.reduce((most, next) => (next.count > most.count ? next : most));
  const [operation, ofOperation] = [...pending]
    .filter(([name]) => workOf(name) === work)
    .reduce((most, next) => (next[1] > most[1] ? next : most));
  return { work, operation, count: ofOperation, share: count / all };
}

function ruleOut(recent: readonly ThreadpoolWindow[]): RuledOut[] {
  const stalledMs = recent.reduce((sum, window) => sum + window.stalledMs, 0);
  const utilization = meanKnown(recent.map((window) => window.utilization));
  const busy = utilization === null ? '' : `, and it was busy ${percent(utilization)} of the time`;
  const waited = meanKnown(recent.map(({ waitedRatio }) => waitedRatio));
  const cores = meanKnown(recent.map(({ otherCores }) => otherCores));
  const own = cores === null ? '' : `, and the other threads of the process took ${cores.toFixed(1)} cores`;
  const because = `the event loop was stalled for ${Math.round(stalledMs)} ms of these ${recent.length} s${busy}`;
  const ruledOut: RuledOut[] = [{ kind: 'event-loop-stall', because }];
  if (waited !== null) {
    const starved = `the main thread waited for a CPU ${percent(waited)} of the time${own}`;
    ruledOut.push({ kind: 'cpu-starved', because: starved });
  }
  return ruledOut;
}

function meanPending(windows: readonly ThreadpoolWindow[]): ReadonlyMap<string, number> {
  const means = new Map<string, number>();
  for (const { pending } of windows) {
    for (const [name, count] of Object.entries(pending)) {
      means.set(name, (means.get(name) ?? 0) + count / windows.length);
    }
  }
  return means;
}

const sumOf = (pending: ReadonlyMap<string, number>, work: PoolWork): number =>
  [...pending].reduce((sum, [name, count]) => sum + (workOf(name) === work ? count : 0), 0);
const countComputing = (pending: ReadonlyMap<string, number>): number =>
  [...computing].reduce((sum, work) => sum + sumOf(pending, work), 0);
const nameOf = (work: PoolWork): string => `pending${work[0]!.toUpperCase()}${work.slice(1)}`;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
/** Null when one of them is not known. */
const meanKnown = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null) ? null : mean(values.map((value) => value ?? 0));
const about = (count: number): string => (count < 10 ? String(round(count)) : String(Math.round(count)));
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const round = (value: number): number => Number(value.toFixed(3));
