import { type DependencyWindow, idleBounds, type SocketReuse } from '../../protocol/dependency.js';
import { quantileOf } from './dependency-times.js';

/** When resets are those of connections that the other side no longer had. */
export interface KeepAliveRaceRule {
  /** Fewer resets may be chance. */
  readonly resets: number;
  /** Share of the resets that must have hit sockets which had served before, 0..1. Whoever resets at random hits new ones
   *  as well, and more of them with each reset. */
  readonly reusedShare: number;
  /** Answered calls on such sockets that must be there to be compared with. */
  readonly compared: number;
  /** Of a reset and an answered call on such sockets, taken at random, the reset one must have been idle for longer in this
   *  share of the pairs, 0..1: a half where idleness plays no part. */
  readonly longerShare: number;
  /** Where too few were answered to compare: this share of the calls on such sockets must be reset, 0..1 … */
  readonly lostShare: number;
  /** … and so many calls on new sockets answered. */
  readonly freshAnswered: number;
}

export const keepAliveRaceRule: KeepAliveRaceRule = {
  resets: 10,
  reusedShare: 0.9,
  compared: 10,
  longerShare: 0.9,
  lostShare: 0.9,
  freshAnswered: 10,
};

/** Resets by the socket that they hit. */
export interface ResetSockets {
  readonly reusedResets: number;
  readonly freshResets: number;
  /** Nine of ten resets on reused sockets had been idle for at least so long; null without any. Unit: s. */
  readonly idleFromSeconds: number | null;
  /** Nine of ten answered calls on reused sockets had been idle for at most so long; null without any. Unit: s. */
  readonly answeredIdleSeconds: number | null;
  /** Share of the pairs, see the rule; null where there are none. */
  readonly longerShare: number | null;
  /** Whether the other side closes connections after some idle time, and we use them at about that age. */
  readonly isKeepAliveRace: boolean;
}

/** Looks at the sockets of calls that were reset. What a blocked loop may have brought about is left out. Null where nobody
 *  tells of sockets. */
export function lookAtResets(
  windows: readonly DependencyWindow[],
  rule: KeepAliveRaceRule = keepAliveRaceRule,
): ResetSockets | null {
  const told = windows.flatMap(({ sockets, isDisturbed, isAftermath }) =>
    sockets === undefined || isDisturbed || isAftermath ? [] : [sockets],
  );
  if (told.length === 0) return null;
  const sum = (pick: (sockets: SocketReuse) => number): number =>
    told.reduce((total, sockets) => total + pick(sockets), 0);
  const reset = addUp(told.map(({ reusedReset }) => reusedReset.counts));
  const answered = addUp(told.map(({ reusedAnswered }) => reusedAnswered.counts));
  const facts = {
    reusedResets: total(reset),
    freshResets: sum(({ freshReset }) => freshReset),
    idleFromSeconds: quantileOf(reset, idleBounds, 0.1),
    answeredIdleSeconds: quantileOf(answered, idleBounds, 0.9),
    longerShare: longerShareOf(reset, answered),
  };
  const others = { answered: total(answered), freshAnswered: sum(({ freshAnswered }) => freshAnswered) };
  return { ...facts, isKeepAliveRace: isRace(facts, others, rule) };
}

function isRace(
  { reusedResets, freshResets, longerShare }: Omit<ResetSockets, 'isKeepAliveRace'>,
  { answered, freshAnswered }: { readonly answered: number; readonly freshAnswered: number },
  rule: KeepAliveRaceRule,
): boolean {
  const resets = reusedResets + freshResets;
  if (resets < rule.resets || reusedResets < resets * rule.reusedShare) return false;
  if (answered >= rule.compared) return (longerShare ?? 0) >= rule.longerShare;
  return reusedResets >= (reusedResets + answered) * rule.lostShare && freshAnswered >= rule.freshAnswered;
}

/** Share of the pairs of one of each in which the first is the greater; of those in one bucket, half. */
function longerShareOf(first: readonly number[], second: readonly number[]): number | null {
  const pairs = total(first) * total(second);
  if (pairs === 0) return null;
  let below = 0;
  let greater = 0;
  for (const [bucket, count] of first.entries()) {
    const same = second[bucket] ?? 0;
    greater += count * (below + same / 2);
    below += same;
  }
  return greater / pairs;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

const addUp = (lists: readonly (readonly number[])[]): number[] =>
  Array.from({ length: idleBounds.length + 1 }, (_, bucket) =>
    lists.reduce((sum, counts) => sum + (counts[bucket] ?? 0), 0),
  );
