import type { DatabaseView } from '../../protocol/database-sessions.js';
import type { Finding } from '../../protocol/finding.js';
import type { PoolCulprit, RuledOut } from '../../protocol/incident.js';
import type { PoolKind, PoolWindow } from '../../protocol/pool.js';
import { tellCause } from './pool-cause.js';
import { type PoolLooks, sumLooks } from './pool-looks.js';

/** When a pool is exhausted, and how its cause is told. */
export interface PoolExhaustedRule {
  /** So many windows without an end of the queue: what is over within a few seconds is a burst. */
  readonly windows: number;
  /** From this share of the looks on, something is what the connections do. */
  readonly mostShare: number;
  /** Share of the held connections that must be held for long. A use that takes three times the limit is seen beyond
   *  it in two looks of three; one that stays below it never is. */
  readonly longShare: number;
  /** So many times the usual p95 of the pool counts as long: ordinary days double it. */
  readonly longFactor: number;
  /** Nothing below this is long. Unit: s. */
  readonly longFloorSeconds: number;
  /** Everything beyond this is long, whatever exports are usual. Unit: s. */
  readonly longCeilingSeconds: number;
  /** What is long while the usual times are not known. Unit: s. */
  readonly longUnknownSeconds: number;
  /** Share of the time that the connections of a pool of the right size are in use: beyond it queues grow steeply. */
  readonly utilization: number;
}

export const poolExhaustedRule: PoolExhaustedRule = {
  windows: 5,
  mostShare: 0.5,
  longShare: 0.3,
  longFactor: 3,
  longFloorSeconds: 0.5,
  longCeilingSeconds: 10,
  longUnknownSeconds: 1,
  utilization: 0.8,
};

/** A pool of an HTTP client: its requests are late from the time on from which a dependency is, or its queue would be
 *  blamed for what the other side does. */
export const httpPoolExhaustedRule: PoolExhaustedRule = { ...poolExhaustedRule, longFloorSeconds: 0.1 };

/** What is known of a pool besides its windows. */
export interface PoolFacts {
  readonly name: string;
  readonly kind: PoolKind;
  /** Library that makes it. */
  readonly library: string;
  /** Database that it leads to. */
  readonly target: string;
  /** Null when it has no limit. */
  readonly maxCount: number | null;
  /** The usual p95 of the time that a connection is held; null while it is not known. Unit: s. */
  readonly usualSeconds: number | null;
  /** Null when no line of a holder is known. */
  readonly culprit: PoolCulprit | null;
  /** Route and trace of the connection that is held longest. */
  readonly request: Finding['request'];
  /** Other targets than its database that answer late now. */
  readonly slowTargets: readonly string[];
  /** What speaks against a slow database; empty when it is slow or nothing is known. */
  readonly targetIsFast: readonly RuledOut[];
  /** What the database itself says of the held connections; null while nothing is known. */
  readonly database?: DatabaseView | null;
}

/** Whether callers of a pool wait without end, or give up just now. Windows oldest first; those in which the own process was
 *  disturbed count neither way, because a blocked loop lets callers wait whatever the pool does. */
export function detectPoolExhausted(
  facts: PoolFacts,
  windows: readonly PoolWindow[],
  rule: PoolExhaustedRule,
): Finding | 'quiet' | 'unknown' {
  const newest = windows.at(-1);
  if (newest === undefined) return 'unknown';
  const judged = sinceQueueEnded(windows).filter(({ isDisturbed }) => !isDisturbed);
  const recent = windows.filter(({ isDisturbed }) => !isDisturbed).slice(-rule.windows);
  const timeouts = recent.reduce((sum, window) => sum + window.timeouts, 0);
  // What was known before a disturbance stays known until the queue ends.
  if (judged.length < rule.windows) {
    if (newest.isDisturbed) return 'unknown';
    if (newest.timeouts === 0) return 'quiet';
  }
  const looks = sumLooks(recent, longSeconds(facts.usualSeconds, rule));
  const told = tellCause(facts, looks, rule);
  const seen = Math.max(looks.held, looks.used);
  return {
    kind: 'pool-exhausted',
    key: facts.name,
    occurrences: 1,
    severity: 'critical',
    title: `Pool ${titleOf(facts)} is exhausted: ${told.because}`,
    cause: told.cause,
    confidence: round(told.support * (seen / (seen + 5))),
    target: told.target ?? facts.target,
    ...(facts.database != null && { database: facts.database }),
    culprit: facts.culprit,
    request: facts.request,
    measurements: measure(facts, looks, timeouts, newest, told.suggestedMax),
    ruledOut: [loopRuledOut(recent), ...told.ruledOut],
  };
}

/** The library belongs to the name, unless the name says it already; a pool of `pg` is what a database's pool is. */
const titleOf = ({ name, library }: PoolFacts): string =>
  library === 'pg' || name.startsWith(library) ? name : `${name} (${library})`;

/** From this age on a connection is held for long. Unit: s. */
export function longSeconds(usualSeconds: number | null, rule: PoolExhaustedRule): number {
  if (usualSeconds === null) return rule.longUnknownSeconds;
  return Math.min(rule.longCeilingSeconds, Math.max(rule.longFloorSeconds, usualSeconds * rule.longFactor));
}

/** The newest windows in which there was always somebody who waited. */
function sinceQueueEnded(windows: readonly PoolWindow[]): readonly PoolWindow[] {
  const ended = windows.findLastIndex(({ pendingMinCount }) => pendingMinCount === 0);
  return windows.slice(ended + 1);
}

function measure(
  facts: PoolFacts,
  looks: PoolLooks,
  timeouts: number,
  newest: PoolWindow,
  suggestedMax: number | null,
): Record<string, number> {
  const optional: Record<string, number | null> = {
    max: facts.maxCount,
    usualUseP95Ms: facts.usualSeconds === null ? null : Math.round(facts.usualSeconds * 1_000),
    awaitingReaderRatio: looks.readersKnown === 0 ? null : round(looks.awaitingReader / looks.held),
    queryingRatio: looks.known === 0 ? null : round(looks.querying / looks.known),
    meanUseMs: looks.meanUseSeconds === null ? null : round(looks.meanUseSeconds * 1_000),
    neededByLittlesLaw: looks.needed === null ? null : round(looks.needed),
    suggestedMax,
  };
  return {
    waiting: newest.pendingCount,
    timeouts,
    held: newest.held.length,
    opening: newest.openingCount,
    looks: looks.held,
    longRatio: looks.held === 0 ? 0 : round(looks.long / looks.held),
    longFromMs: Math.round(looks.longSeconds * 1_000),
    oldestMs: Math.round(looks.oldestMs),
    askedPerSecond: round(looks.askedPerSecond),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
  };
}

function loopRuledOut(windows: readonly PoolWindow[]): RuledOut {
  const stalledMs = Math.round(windows.reduce((sum, window) => sum + window.stalledMs, 0));
  const seconds = Math.round(windows.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000);
  return {
    kind: 'event-loop-stall',
    because: `the main thread was blocked for ${stalledMs} ms of ${seconds} s`,
  };
}

const round = (value: number): number => Number(value.toFixed(3));
