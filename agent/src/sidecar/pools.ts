import { metricCatalog } from '../catalog/metrics.js';
import type { DatabaseView } from '../protocol/database-sessions.js';
import { type DependencyWindow, dependencyErrors } from '../protocol/dependency.js';
import type { Finding } from '../protocol/finding.js';
import type { RuledOut } from '../protocol/incident.js';
import type { HeldConnection, PoolReading, PoolWindow } from '../protocol/pool.js';
import type { HistogramCounts, Snapshot } from '../protocol/snapshot.js';
import type { ProbeAnswer, SourceFrame } from '../protocol/stack.js';
import type { DatabaseAsker } from './database/asker.js';
import type { Dependencies } from './dependencies.js';
import { type Baseline, createTimesBaseline } from './diagnosis/dependency-baseline.js';
import {
  detectPoolExhausted,
  httpPoolExhaustedRule,
  type PoolFacts,
  poolExhaustedRule,
} from './diagnosis/pool-exhausted.js';
import { blameHolders } from './diagnosis/pool-holders.js';
import { findPoolLock } from './diagnosis/pool-lock.js';
import { viewSessions } from './diagnosis/pool-sessions.js';
import { poolWords } from './diagnosis/pool-words.js';

const bounds = metricCatalog.poolUseTime.buckets ?? [];
const windowsKept = 30;
/** More pools than this are not followed at a time: those that callers wait for take the place of those without a queue. */
const poolsMost = 100;
/** Stalled time in one window from which on callers may wait because of us. Unit: ms. */
const stalledLimitMs = 200;
/** A loop that is busier than this lets callers wait without being blocked. */
const busyLimit = 0.9;
/** Windows that a verdict about the loop looks back at. */
const ruledOutWindows = 10;

/** Follows the pools of the main thread: who waits, and who holds the connections. */
export interface Pools {
  /** News of stalled time, as it passes. Unit: ms. */
  addStalled(deltaMs: number): void;
  /** A new window; `isStarved` says whether the main thread lacked a CPU in it. Returns what can be said now. */
  judge(snapshot: Snapshot, isStarved: boolean): Finding[];
  /** Whether the pool of that target explains that it answers late: callers wait for the pool, and are told apart there.
   *  That of an HTTP client explains only that they wait for a socket. */
  explains(target: string | undefined, cause?: string): boolean;
  /** Whether queries to that target wait for a lock until they are given up, which is told as the pool's incident. */
  explainsTimeouts(target: string | undefined): boolean;
  /** Adds to a verdict about the loop what became of callers who waited meanwhile. */
  ruleOutIn(finding: Finding): Finding;
}

export interface PoolsOptions {
  /** Nothing is learnt or found before, on monotonicMs(): the first connections have to be opened. */
  readonly quietUntilMs: number;
  /** Finds the original positions of a stack. */
  readonly locate: (frames: ProbeAnswer['frames']) => readonly SourceFrame[];
  readonly dependencies: Pick<Dependencies, 'slowTargets' | 'ruleOut'>;
  /** Asks the database of an exhausted pool; null or missing when the user has named no connection. */
  readonly database?: Pick<DatabaseAsker, 'look' | 'forget'> | null;
}

interface Followed {
  newest: PoolReading;
  newestMs: number;
  windows: PoolWindow[];
  /** Of the time since the newest reading. */
  state: Disturbance;
  isExhausted: boolean;
  /** Who was last known to hold connections. */
  blamed: Blamed;
  /** What the database says; null while it has not been asked. */
  database: DatabaseView | null;
  readonly baseline: Baseline;
}

type Blamed = Pick<PoolFacts, 'culprit' | 'request'>;
const nobody: Blamed = { culprit: null, request: null };

export function createPools({ quietUntilMs, locate, dependencies, database = null }: PoolsOptions): Pools {
  const pools = new Map<string, Followed>();
  let stalledMs = 0;
  let wasDisturbed = false;

  const factsOf = (reading: PoolReading, { baseline, blamed, database: view }: Followed): PoolFacts => ({
    name: reading.name,
    kind: reading.kind,
    library: reading.library,
    target: reading.target,
    maxCount: reading.maxCount,
    usualSeconds: baseline.usual(),
    ...blamed,
    slowTargets: dependencies.slowTargets().filter((target) => target !== reading.target),
    targetIsFast: dependencies.ruleOut(reading.target),
    database: view,
  });

  const askDatabase = (followed: Followed): void => {
    const answer = database?.look(followed.newest) ?? null;
    followed.database = answer === null ? null : viewSessions(answer);
  };
  const forgetDatabase = (followed: Followed): void => {
    followed.database = null;
    database?.forget(followed.newest.name);
  };

  /** Those who have let go at last are still who it was. Where others wait for a lock of one of them, it is that one. */
  const blame = (followed: Followed): void => {
    const { newest, database: view } = followed;
    const guilty = new Set(view?.blockers.flatMap(({ pid, isOfPool }) => (isOfPool ? [pid] : [])));
    const blockers = newest.held.filter(
      ({ backendPid }) => backendPid !== undefined && guilty.has(backendPid),
    );
    const held = blockers.length > 0 ? blockers : newest.held;
    const blamed = blameHolders(
      newest,
      held.map((each) => locateHolder(each, locate)),
    );
    if (blamed.culprit !== null || !followed.isExhausted) followed.blamed = blamed;
  };

  const forgetUntroubled = (): void => {
    for (const [name, { isExhausted, newest }] of pools) {
      if (isExhausted || newest.pendingCount > 0) continue;
      pools.delete(name);
      return;
    }
  };

  const follow = (reading: PoolReading, atMs: number, state: Disturbance): Finding[] => {
    const followed = pools.get(reading.name);
    if (followed === undefined) {
      const baseline = createTimesBaseline(bounds);
      const unjudged = { isExhausted: false, blamed: nobody, database: null };
      const fresh = { newest: reading, newestMs: atMs, windows: [], state: undisturbed, ...unjudged };
      if (pools.size >= poolsMost && reading.pendingCount > 0) forgetUntroubled();
      if (pools.size < poolsMost) pools.set(reading.name, { ...fresh, baseline });
      return [];
    }
    followed.state = bothOf(followed.state, state);
    // Of very many pools not all are looked at every second.
    if (followed.newest === reading) return [];
    const window = difference(reading, followed.newest, atMs - followed.newestMs, followed.state);
    followed.state = undisturbed;
    followed.newest = reading;
    followed.newestMs = atMs;
    followed.windows = [...followed.windows, window].slice(-windowsKept);
    if (followed.isExhausted) askDatabase(followed);
    if (window.pendingCount > 0 || window.timeouts > 0) blame(followed);
    const found = judgePool(factsOf(reading, followed), followed.windows);
    // A window of which nothing can be said changes nothing.
    if (found !== 'unknown') followed.isExhausted = found !== 'quiet';
    if (!followed.isExhausted) forgetDatabase(followed);
    followed.baseline.add(usesOf(window), followed.isExhausted || window.pendingMinCount > 0);
    return typeof found === 'string' ? [] : [found];
  };

  return {
    addStalled(deltaMs) {
      stalledMs += deltaMs;
    },
    judge({ pools: readings, utilization, monotonicMs }, isStarved) {
      const isDisturbedNow = stalledMs > stalledLimitMs || isStarved || (utilization?.ratio ?? 0) > busyLimit;
      // Timers of callers that were due during a block fire just after it, perhaps after this reading.
      const state = { stalledMs, isDisturbed: isDisturbedNow || wasDisturbed };
      wasDisturbed = isDisturbedNow;
      stalledMs = 0;
      if (monotonicMs < quietUntilMs || readings === null) return [];
      const names = new Set(readings.map(({ name }) => name));
      for (const name of pools.keys()) {
        if (names.has(name)) continue;
        pools.delete(name);
        database?.forget(name);
      }
      return readings.flatMap((reading) => follow(reading, monotonicMs, state));
    },
    explains: (target, cause) =>
      [...pools.values()].some((pool) => pool.newest.target === target && explainsLateness(pool, cause)),
    explainsTimeouts: (target) =>
      [...pools.values()].some(
        ({ newest, isExhausted, database: view }) =>
          newest.target === target && isExhausted && findPoolLock(view, poolExhaustedRule.mostShare) !== null,
      ),
    ruleOutIn(finding) {
      const waited = [...pools.values()].flatMap(ruleOut).sort((a, b) => b.most - a.most);
      return waited[0] === undefined
        ? finding
        : { ...finding, ruledOut: [...finding.ruledOut, waited[0].ruledOut] };
    },
  };
}

/** Those who have waited for a socket are answered after the queue has ended, and tell then how long it took. */
function explainsLateness({ newest, windows, isExhausted }: Followed, cause: string | undefined): boolean {
  if (newest.kind !== 'http') return isExhausted || hasQueue(windows.slice(-1));
  return cause === 'saturation-of-agent-sockets' && (isExhausted || hasQueue(windows));
}

const hasQueue = (windows: readonly PoolWindow[]): boolean =>
  windows.some(({ pendingMinCount }) => pendingMinCount > 0);

/** Callers of an HTTP client queue whenever the other side is slow: that is the incident of the dependency, which is
 *  measured by itself, and not a second one of the pool. */
function judgePool(facts: PoolFacts, windows: readonly PoolWindow[]): Finding | 'quiet' | 'unknown' {
  if (facts.kind !== 'http') return detectPoolExhausted(facts, windows, poolExhaustedRule);
  const found = detectPoolExhausted(facts, windows, httpPoolExhaustedRule);
  return typeof found !== 'string' && found.cause === 'dependency-slow' ? 'quiet' : found;
}

type Disturbance = Pick<PoolWindow, 'stalledMs' | 'isDisturbed'>;
const undisturbed: Disturbance = { stalledMs: 0, isDisturbed: false };

const bothOf = (a: Disturbance, b: Disturbance): Disturbance => ({
  stalledMs: a.stalledMs + b.stalledMs,
  isDisturbed: a.isDisturbed || b.isDisturbed,
});

function difference(
  now: PoolReading,
  before: PoolReading,
  durationMs: number,
  state: Disturbance,
): PoolWindow {
  return {
    durationMs,
    usedCount: now.usedCount,
    pendingCount: now.pendingCount,
    pendingMinCount: now.pendingMinCount,
    openingCount: now.openingCount,
    asked: now.asked - before.asked,
    timeouts: now.timeouts - before.timeouts,
    useTime: subtract(now.useTime, before.useTime),
    held: now.held.map(({ ageMs, querying, awaitsReader }) => ({
      ageMs,
      querying,
      ...(awaitsReader !== undefined && { awaitsReader }),
    })),
    ...state,
  };
}

const subtract = (now: HistogramCounts, before: HistogramCounts): HistogramCounts => ({
  counts: now.counts.map((count, bucket) => count - (before.counts[bucket] ?? 0)),
  sum: now.sum - before.sum,
});

const noErrors = Object.fromEntries(dependencyErrors.map((kind) => [kind, 0])) as DependencyWindow['errors'];

/** What is usual for a pool is learnt like what is usual for a target. */
const usesOf = ({ useTime, isDisturbed }: PoolWindow): DependencyWindow => ({
  counts: useTime.counts,
  answeredSeconds: useTime.sum,
  waitedSeconds: 0,
  lookupSeconds: 0,
  ownDelaySeconds: 0,
  errors: noErrors,
  begun: 0,
  inbound: null,
  isDisturbed,
  isAftermath: false,
});

const locateHolder = ({ frames, ...held }: HeldConnection, locate: PoolsOptions['locate']) => ({
  ...held,
  frames: locate(frames),
});

/** What speaks against an exhausted pool while the loop is to blame. */
function ruleOut({ newest, windows, isExhausted }: Followed): { most: number; ruledOut: RuledOut }[] {
  const recent = windows.slice(-ruledOutWindows);
  if (isExhausted || recent.length === 0) return [];
  const most = Math.max(...recent.map(({ pendingCount }) => pendingCount));
  const timeouts = recent.reduce((sum, window) => sum + window.timeouts, 0);
  const because =
    most === 0 && timeouts === 0
      ? `nobody waited for a ${poolWords[newest.kind].thing} of ${newest.name}`
      : `up to ${most} callers waited for ${newest.name} and ${timeouts} gave up, but only while the main thread was blocked or busy`;
  return [{ most: most + timeouts, ruledOut: { kind: 'pool-exhausted', because } }];
}
