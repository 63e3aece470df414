import type { PoolWindow } from '../../protocol/pool.js';

/** What looks at the held connections, one a second, have shown together. Since a look comes at any moment of a use,
 *  shares of looks are shares of time. */
export interface PoolLooks {
  /** Connections that were in use at a look by the pool's own count, over all looks. */
  readonly used: number;
  /** Of those, how many were seen in somebody's hands. */
  readonly held: number;
  /** Of those, how many show whether they run a query. */
  readonly known: number;
  readonly querying: number;
  /** How many show whether the response of their request waits for its reader, and of how many it does. */
  readonly readersKnown: number;
  readonly awaitingReader: number;
  /** How many were held for longer than the limit. */
  readonly long: number;
  /** That limit. Unit: s. */
  readonly longSeconds: number;
  /** Connections that were being opened. */
  readonly opening: number;
  /** Unit: ms. */
  readonly oldestMs: number;
  /** Median age of the held ones; null when none was held. Unit: ms. */
  readonly medianMs: number | null;
  readonly askedPerSecond: number;
  /** Of the uses that have ended; null when none has. Unit: s. */
  readonly meanUseSeconds: number | null;
  /** Connections that are in use on average when nobody has to wait: Little's law, the rate of the askers times what
   *  each of them needs. Null when it is not known. */
  readonly needed: number | null;
}

export function sumLooks(windows: readonly PoolWindow[], longSeconds: number): PoolLooks {
  const held = windows.flatMap((window) => window.held);
  const known = held.filter(({ querying }) => querying !== null);
  const ages = held.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
  const sum = (pick: (window: PoolWindow) => number): number =>
    windows.reduce((total, window) => total + pick(window), 0);
  const uses = sum(({ useTime }) => useTime.counts.reduce((total, count) => total + count, 0));
  const meanUseSeconds = uses === 0 ? null : sum(({ useTime }) => useTime.sum) / uses;
  const seconds = sum(({ durationMs }) => durationMs) / 1_000;
  const askedPerSecond = seconds === 0 ? 0 : sum(({ asked }) => asked) / seconds;
  return {
    used: sum(({ usedCount }) => usedCount),
    held: held.length,
    known: known.length,
    querying: known.filter(({ querying }) => querying === true).length,
    readersKnown: held.filter(({ awaitsReader }) => awaitsReader !== undefined).length,
    awaitingReader: held.filter(({ awaitsReader }) => awaitsReader === true).length,
    long: held.filter(({ ageMs }) => ageMs > longSeconds * 1_000).length,
    longSeconds,
    opening: sum(({ openingCount }) => openingCount),
    oldestMs: ages.at(-1) ?? 0,
    medianMs: ages[Math.floor(ages.length / 2)] ?? null,
    askedPerSecond,
    meanUseSeconds,
    needed: meanUseSeconds === null ? null : askedPerSecond * meanUseSeconds,
  };
}
