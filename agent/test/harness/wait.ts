import { setTimeout as delay } from 'node:timers/promises';

const shortestPauseMs = 10;
const longestPauseMs = 250;
/** Share of the time waited so far that the next pause takes: what comes at once is seen at once, and what takes a minute
 *  is not asked for thousands of times, which would take the CPU from the processes that are watched. */
const pauseShare = 1 / 20;
/** Generous on purpose: a machine that is busy with other builds must not fail a test. */
const limitMs = 20_000;

/** Asks again and again until the answer is neither null, undefined nor false. Throws when it takes too long. */
export async function until<Value>(
  what: string,
  ask: () => Value | Promise<Value>,
  limit = limitMs,
): Promise<Exclude<Value, null | undefined | false>> {
  const startedMs = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) {
      return answer as Exclude<Value, null | undefined | false>;
    }
    const waitedMs = performance.now() - startedMs;
    if (waitedMs > limit) throw new Error(`Waited ${limit} ms in vain until ${what}.`);
    await delay(Math.min(Math.max(waitedMs * pauseShare, shortestPauseMs), longestPauseMs));
  }
}

/** Keeps the event loop busy. */
export function spin(ms: number): void {
  const startedMs = performance.now();
  while (performance.now() - startedMs < ms);
}
