import { setTimeout as sleep } from 'node:timers/promises';
import { DrillError } from './errors.js';

/** An answer to "is it so yet?": either the thing awaited, or what is seen instead. */
export type Look<T> = { readonly found: T } | { readonly seen: string };

/** A wait with an end. */
export interface Wait<T> {
  /** What is awaited, for the message. */
  readonly what: string;
  /** Unit: ms. */
  readonly withinMs: number;
  /** Unit: ms. */
  readonly everyMs?: number;
  readonly signal: AbortSignal;
  look(): Promise<Look<T>> | Look<T>;
}

/** Asks again and again until the thing is there.
 *  @throws DrillError `expectation-missed`, with what was seen instead when the time was over; the signal's reason
 *  when the drill is ended. */
export async function waitFor<T>({ what, withinMs, everyMs = 200, signal, look }: Wait<T>): Promise<T> {
  const endsAt = performance.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const result = await lookSafely(look);
    if ('found' in result) return result.found;
    signal.throwIfAborted();
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) {
      const waited = `${(withinMs / 1000).toFixed(withinMs < 10_000 ? 1 : 0)} s`;
      throw new DrillError(
        'expectation-missed',
        `${what}: not within ${waited}; seen instead: ${result.seen}`,
      );
    }
    await pauseFor(Math.min(everyMs, leftMs), signal);
  }
}

/** Sleeps; throws the signal's reason when the drill is ended. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
}

async function lookSafely<T>(look: Wait<T>['look']): Promise<Look<T>> {
  try {
    return await look();
  } catch (thrown) {
    // A target that cannot be reached for a moment is one of the things that may be seen.
    return { seen: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
