import { setTimeout as sleep } from 'node:timers/promises';
import type { Retry } from './retry.js';

/** Share of the calls that may be made again: a service that fails gets a tenth more load, and not a multiple. */
const budgetShare = 0.1;
/** Most calls that may be made again in a row after a quiet time. */
const budgetMost = 5;
/** What failed later than this is not asked for again: a second wait as long would keep the visitor too long. Unit: ms. */
const soonMs = 100;
/** Least and most time before the second call. Unit: ms. */
const backoffMs = [50, 150] as const;

/** One more call, after a time that differs from visitor to visitor, for failures that come soon, and out of a budget. */
export function createBoundedRetry(
  random: () => number = Math.random,
  now: () => number = () => performance.now(),
): Retry {
  let budget = budgetMost;
  return async (ask) => {
    budget = Math.min(budgetMost, budget + budgetShare);
    const startedMs = now();
    try {
      return await ask();
    } catch (error) {
      if (now() - startedMs > soonMs || budget < 1) throw error;
      budget -= 1;
      await sleep(backoffMs[0] + random() * (backoffMs[1] - backoffMs[0]));
      return ask();
    }
  };
}
