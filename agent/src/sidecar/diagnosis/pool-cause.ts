import type { RuledOut } from '../../protocol/incident.js';
import type { PoolExhaustedRule, PoolFacts } from './pool-exhausted.js';
import type { PoolLooks } from './pool-looks.js';

/** Why a pool has no connection to give. */
export interface ToldCause {
  readonly cause: 'connections-held' | 'slow-queries' | 'pool-too-small' | 'dependency-slow' | 'unknown';
  /** Ends the title of the incident. */
  readonly because: string;
  /** Share of the looks that say so, 0..1. */
  readonly support: number;
  readonly ruledOut: readonly RuledOut[];
  /** Size that the pool should have; null unless its size is the cause. */
  readonly suggestedMax: number | null;
  /** Who is to blame, when that is not the database. */
  readonly target?: string;
}

/** By what the connections do: they are still being opened, they run long queries, they run short ones without a pause,
 *  or nobody lets them run anything. */
export function tellCause(facts: PoolFacts, looks: PoolLooks, rule: PoolExhaustedRule): ToldCause {
  const inUse = looks.held + looks.opening;
  if (looks.opening > 0 && looks.opening >= inUse * rule.mostShare) return opening(facts, looks, inUse);
  if (looks.known === 0) return unknown(looks, 'what they do is not known');
  const idle = looks.known - looks.querying;
  const isLong = looks.long >= looks.held * rule.longShare;
  if (idle >= looks.known * rule.mostShare) {
    // Nobody waits for another service as long as this, however late it answers.
    const isForgotten = (looks.medianMs ?? 0) > rule.longCeilingSeconds * 1_000;
    const slowTarget = isForgotten ? undefined : facts.slowTargets[0];
    return idling(facts, looks, { idleShare: idle / looks.known, isLong, slowTarget });
  }
  return isLong ? slow(facts, looks) : tooSmall(facts, looks, rule);
}

function opening({ target }: PoolFacts, looks: PoolLooks, inUse: number): ToldCause {
  const share = looks.opening / inUse;
  return {
    cause: 'dependency-slow',
    because: `${target} takes long to open connections, which ${percent(share)} of them wait for`,
    support: share,
    ruledOut: [
      {
        kind: 'connections-held',
        because: `${percent(1 - share)} of the connections were in anybody's hands`,
      },
    ],
    suggestedMax: null,
  };
}

interface Idleness {
  readonly idleShare: number;
  readonly isLong: boolean;
  readonly slowTarget: string | undefined;
}

function idling(facts: PoolFacts, looks: PoolLooks, { idleShare, isLong, slowTarget }: Idleness): ToldCause {
  const queries: RuledOut = {
    kind: 'slow-queries',
    because: `${percent(1 - idleShare)} of the held connections ran a query`,
  };
  if (slowTarget !== undefined) {
    return {
      cause: 'dependency-slow',
      because: `connections are held without a query, while ${slowTarget} answers late`,
      support: idleShare,
      ruledOut: [queries, ...facts.targetIsFast],
      suggestedMax: null,
      target: slowTarget,
    };
  }
  if (!isLong)
    return unknown(looks, `${percent(idleShare)} of them without a query, and none for long`, queries);
  const line =
    facts.culprit === null
      ? ''
      : ` by ${facts.culprit.function} (${facts.culprit.file}:${facts.culprit.line})`;
  return {
    cause: 'connections-held',
    because: `${percent(idleShare)} of its connections are held without a query, for up to ${seconds(looks.oldestMs)}${line}`,
    support: idleShare,
    ruledOut: [queries, notTooSmall(looks), ...facts.targetIsFast],
    suggestedMax: null,
  };
}

function slow(facts: PoolFacts, looks: PoolLooks): ToldCause {
  const usual = facts.usualSeconds === null ? '' : `, usually ${seconds(facts.usualSeconds * 1_000)} or less`;
  const share = looks.querying / looks.known;
  return {
    cause: 'slow-queries',
    because: `${percent(share)} of its connections run a query, half of them for over ${seconds(looks.medianMs ?? 0)}${usual}`,
    support: share,
    ruledOut: [notHeld(share), notTooSmall(looks)],
    suggestedMax: null,
  };
}

function tooSmall(
  { maxCount, targetIsFast }: PoolFacts,
  looks: PoolLooks,
  rule: PoolExhaustedRule,
): ToldCause {
  const share = looks.querying / looks.known;
  // The size that serves the askers is no help to those who wait already: it is one more than now at the least.
  const suggestedMax =
    looks.needed === null ? null : Math.max((maxCount ?? 0) + 1, Math.ceil(looks.needed / rule.utilization));
  const advice = suggestedMax === null ? '' : `; ${suggestedMax} would do, if the database allows`;
  return {
    cause: 'pool-too-small',
    because: `${maxCount === null ? 'all' : `all ${maxCount}`} connections are busy with short queries${advice}`,
    support: share,
    ruledOut: [
      notHeld(share),
      {
        kind: 'slow-queries',
        because: `${longShare(looks)} were held for over ${seconds(looks.longSeconds * 1_000)}`,
      },
      ...targetIsFast,
    ],
    suggestedMax,
  };
}

const unknown = (looks: PoolLooks, why: string, ...ruledOut: RuledOut[]): ToldCause => ({
  cause: 'unknown',
  because:
    looks.held === 0
      ? 'callers wait, and no connection is known to be held'
      : `its connections are held, ${why}`,
  support: 0.5,
  ruledOut,
  suggestedMax: null,
});

const notHeld = (share: number): RuledOut => ({
  kind: 'connections-held',
  because: `${percent(1 - share)} of the held connections ran no query`,
});
const notTooSmall = (looks: PoolLooks): RuledOut => ({
  kind: 'pool-too-small',
  because: `${longShare(looks)} were held for over ${seconds(looks.longSeconds * 1_000)}, up to ${seconds(looks.oldestMs)}: more would go the same way`,
});
const longShare = ({ held, long }: PoolLooks): string =>
  `${percent(held === 0 ? 0 : long / held)} of the connections`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const seconds = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
