import type { RuledOut } from '../../protocol/incident.js';
import type { PoolExhaustedRule, PoolFacts } from './pool-exhausted.js';
import { findPoolLock, type PoolLock } from './pool-lock.js';
import type { PoolLooks } from './pool-looks.js';
import { poolWords } from './pool-words.js';

/** Why a pool has no connection to give. */
export interface ToldCause {
  readonly cause:
    | 'connections-held'
    | 'slow-readers'
    | 'slow-queries'
    | 'lock'
    | 'pool-too-small'
    | 'dependency-slow'
    | 'unknown';
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

/** By what the connections (threads, or whatever it lends) do: they wait for a lock in the server, are still being opened,
 *  wait for whoever reads what they bring, run long queries, run short ones without a pause, or nobody lets them run
 *  anything. */
export function tellCause(facts: PoolFacts, looks: PoolLooks, rule: PoolExhaustedRule): ToldCause {
  const lock = findPoolLock(facts.database ?? null, rule.mostShare);
  if (lock !== null) return locked(facts, looks, lock);
  const inUse = looks.held + looks.opening;
  if (looks.opening > 0 && looks.opening >= inUse * rule.mostShare) return opening(facts, looks, inUse);
  if (looks.held === 0) return unseen(facts, looks, rule);
  // A cursor that nobody draws from looks like a query that runs, or like none, as its driver pleases.
  if (looks.awaitingReader >= looks.held * rule.mostShare) return awaited(facts, looks);
  const isLong = looks.long >= looks.held * rule.longShare;
  if (looks.known === 0) return unshown(facts, looks, isLong, rule);
  const idle = looks.known - looks.querying;
  if (idle >= looks.known * rule.mostShare) {
    // Nobody waits for another service as long as this, however late it answers.
    const isForgotten = (looks.medianMs ?? 0) > rule.longCeilingSeconds * 1_000;
    const slowTarget = isForgotten ? undefined : facts.slowTargets[0];
    return idling(facts, looks, { idleShare: idle / looks.known, isLong, slowTarget });
  }
  return isLong ? slow(facts, looks) : tooSmall(facts, looks, rule);
}

/** To the service a query that waits for a lock looks like one that is slow. */
function locked(facts: PoolFacts, looks: PoolLooks, { because, share, ruledOut }: PoolLock): ToldCause {
  const more = looks.held === 0 ? [] : [notTooSmall(facts, looks)];
  return { cause: 'lock', because, support: share, ruledOut: [...ruledOut, ...more], suggestedMax: null };
}

/** Neither the database nor the code is at work: somebody downloads slowly, and the connection waits with the response. */
function awaited(facts: PoolFacts, looks: PoolLooks): ToldCause {
  const share = looks.awaitingReader / looks.held;
  const { things } = poolWords[facts.kind];
  const because = `${percent(1 - share)} of the held ${things} did not wait for a reader`;
  return {
    cause: 'slow-readers',
    because: `${percent(share)} of its ${things} are held for responses that wait for their readers, for up to ${seconds(looks.oldestMs)}${byLine(facts)}`,
    support: share,
    ruledOut: [
      { kind: 'slow-queries', because },
      { kind: 'connections-held', because },
      notTooSmall(facts, looks),
      ...facts.targetIsFast,
    ],
    suggestedMax: null,
  };
}

/** What speaks against slow readers, where that is known. */
const notAwaited = ({ kind }: PoolFacts, { held, readersKnown, awaitingReader }: PoolLooks): RuledOut[] =>
  readersKnown === 0
    ? []
    : [
        {
          kind: 'slow-readers',
          because: `${percent(awaitingReader / held)} of the held ${poolWords[kind].things} waited for the reader of a response`,
        },
      ];

/** Who holds what is not known. How long the uses were that have ended meanwhile says something all the same. */
function unseen(facts: PoolFacts, looks: PoolLooks, rule: PoolExhaustedRule): ToldCause {
  const { thing, things } = poolWords[facts.kind];
  if (looks.used === 0) return unknown(`callers wait, and no ${thing} is known to be held`);
  if (looks.meanUseSeconds === null) return unknown(`its ${things} are in use, and nobody knows since when`);
  return looks.meanUseSeconds > looks.longSeconds ? slow(facts, looks) : tooSmall(facts, looks, rule);
}

/** What the held ones do is not known; if none is held for long, there are too few all the same. */
function unshown(facts: PoolFacts, looks: PoolLooks, isLong: boolean, rule: PoolExhaustedRule): ToldCause {
  if (!isLong) return tooSmall(facts, looks, rule);
  const { things } = poolWords[facts.kind];
  const held = `its ${things} are held for up to ${seconds(looks.oldestMs)}${byLine(facts)}`;
  return unknown(`${held}, what they do is not known`, notTooSmall(facts, looks));
}

function opening({ target, kind }: PoolFacts, looks: PoolLooks, inUse: number): ToldCause {
  const share = looks.opening / inUse;
  const { things } = poolWords[kind];
  return {
    cause: 'dependency-slow',
    because: `${target} takes long to open ${things}, which ${percent(share)} of them wait for`,
    support: share,
    ruledOut: [
      {
        kind: 'connections-held',
        because: `${percent(1 - share)} of the ${things} were in anybody's hands`,
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
  const { things, work, idly } = poolWords[facts.kind];
  const queries: RuledOut = {
    kind: 'slow-queries',
    because: `${percent(1 - idleShare)} of the held ${things} ran ${work}`,
  };
  if (slowTarget !== undefined) {
    return {
      cause: 'dependency-slow',
      because: `${things} are ${idly}, while ${slowTarget} answers late`,
      support: idleShare,
      ruledOut: [queries, ...facts.targetIsFast],
      suggestedMax: null,
      target: slowTarget,
    };
  }
  if (!isLong) {
    return unknown(
      `its ${things} are held, ${percent(idleShare)} of them ${idly}, and none for long`,
      queries,
    );
  }
  return {
    cause: 'connections-held',
    because: `${percent(idleShare)} of its ${things} are ${idly}, for up to ${seconds(looks.oldestMs)}${byLine(facts)}`,
    support: idleShare,
    ruledOut: [queries, ...notAwaited(facts, looks), notTooSmall(facts, looks), ...facts.targetIsFast],
    suggestedMax: null,
  };
}

const byLine = ({ culprit }: PoolFacts): string =>
  culprit === null ? '' : ` by ${culprit.function} (${culprit.file}:${culprit.line})`;

/** A pool of an HTTP client whose requests take long waits for the other side, as one whose connections open slowly does. */
function slow(facts: PoolFacts, looks: PoolLooks): ToldCause {
  const usual = facts.usualSeconds === null ? '' : `, usually ${seconds(facts.usualSeconds * 1_000)} or less`;
  const { things, work } = poolWords[facts.kind];
  const cause = facts.kind === 'http' ? 'dependency-slow' : 'slow-queries';
  if (looks.known === 0) {
    const mean = seconds((looks.meanUseSeconds ?? 0) * 1_000);
    const because = `its ${things} are in use for ${mean} at a time on average${usual}`;
    return { cause, because, support: 0.5, ruledOut: [], suggestedMax: null };
  }
  const share = looks.querying / looks.known;
  return {
    cause,
    because: `${percent(share)} of its ${things} run ${work}, half of them for over ${seconds(looks.medianMs ?? 0)}${usual}`,
    support: share,
    ruledOut: [notHeld(facts, share), ...notAwaited(facts, looks), notTooSmall(facts, looks)],
    suggestedMax: null,
  };
}

function tooSmall(facts: PoolFacts, looks: PoolLooks, rule: PoolExhaustedRule): ToldCause {
  const { maxCount, targetIsFast } = facts;
  const { things, works, permission } = poolWords[facts.kind];
  // The size that serves the askers is no help to those who wait already: it is one more than now at the least.
  const suggestedMax =
    looks.needed === null ? null : Math.max((maxCount ?? 0) + 1, Math.ceil(looks.needed / rule.utilization));
  const advice = suggestedMax === null ? '' : `; ${suggestedMax} would do, if ${permission}`;
  const share = looks.known === 0 ? null : looks.querying / looks.known;
  return {
    cause: 'pool-too-small',
    because: `${maxCount === null ? 'all' : `all ${maxCount}`} ${things} are busy with short ${works}${advice}`,
    support: share ?? 0.5,
    ruledOut: [
      ...(share === null ? [] : [notHeld(facts, share)]),
      ...(looks.held === 0 ? [] : [notSlow(facts, looks)]),
      ...targetIsFast,
    ],
    suggestedMax,
  };
}

const unknown = (because: string, ...ruledOut: RuledOut[]): ToldCause => ({
  cause: 'unknown',
  because,
  support: 0.5,
  ruledOut,
  suggestedMax: null,
});

const notHeld = ({ kind }: PoolFacts, share: number): RuledOut => {
  const { things, work } = poolWords[kind];
  const none = kind === 'database' ? 'ran no query' : `did not run ${work}`;
  return { kind: 'connections-held', because: `${percent(1 - share)} of the held ${things} ${none}` };
};
const notSlow = (facts: PoolFacts, looks: PoolLooks): RuledOut => ({
  kind: 'slow-queries',
  because: `${longShare(facts, looks)} were held for over ${seconds(looks.longSeconds * 1_000)}`,
});
const notTooSmall = (facts: PoolFacts, looks: PoolLooks): RuledOut => ({
  kind: 'pool-too-small',
  because: `${longShare(facts, looks)} were held for over ${seconds(looks.longSeconds * 1_000)}, up to ${seconds(looks.oldestMs)}: more would go the same way`,
});
const longShare = ({ kind }: PoolFacts, { held, long }: PoolLooks): string =>
  `${percent(held === 0 ? 0 : long / held)} of the ${poolWords[kind].things}`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const seconds = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
