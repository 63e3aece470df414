import { monotonicMs } from '../../protocol/clock.js';
import type { PoolAsk, PoolRecorder } from './adapter.js';
import { guarded } from './guarded.js';
import type { Holders } from './holders.js';
import type { OriginSampler } from './origins.js';
import type { PoolTimes } from './pool-times.js';

interface RecorderParts {
  readonly times: PoolTimes;
  readonly holders: Holders;
  readonly origins: OriginSampler;
  /** Looks at the queue, which may have ended just now. */
  noteQueue(): void;
}

/** A recorder that counts those who asked, and the things that were taken without anybody having told of the asking. */
export interface CountingRecorder extends PoolRecorder {
  counts(): { readonly asked: number; readonly taken: number };
}

/** Turns what an adapter tells into times and holders. None of it throws: it runs inside the pool's own calls. */
export function createRecorder({ times, holders, origins, noteQueue }: RecorderParts): CountingRecorder {
  let asked = 0;
  let unasked = 0;
  const returned = (thing: object): void => {
    const heldMs = holders.released(thing);
    if (heldMs !== null) times.used(heldMs / 1_000);
  };
  const taken = (thing: object): void => {
    // Some pools hand a thing on without a word about its return.
    returned(thing);
    holders.acquired(thing);
  };
  const ask = guarded((top: (...parameters: never[]) => unknown, frames?: number): PoolAsk => {
    asked += 1;
    const startedMs = monotonicMs();
    const origin = origins.look(top, frames);
    return onlyOnce({
      given(thing) {
        times.waited((monotonicMs() - startedMs) / 1_000);
        noteQueue();
        if (typeof thing !== 'object' || thing === null) return;
        taken(thing);
        holders.tell(thing, origin);
      },
      failed(reason) {
        noteQueue();
        if (reason === 'timeout') times.timedOut();
      },
    });
  });
  const recorder: CountingRecorder = {
    ask: (top, frames) => ask(top ?? recorder.ask, frames) ?? noAsk,
    taken: guarded((thing: object) => {
      unasked += 1;
      noteQueue();
      taken(thing);
    }),
    returned: guarded((thing: object) => {
      noteQueue();
      returned(thing);
    }),
    waited: guarded(times.waited),
    used: guarded(times.used),
    created: guarded(times.created),
    timedOut: guarded(times.timedOut),
    queueChanged: guarded(noteQueue),
    counts: () => ({ asked, taken: unasked }),
  };
  return recorder;
}

function onlyOnce({ given, failed }: PoolAsk): PoolAsk {
  let isOpen = true;
  const first = <Value>(answer: (value: Value) => void) =>
    guarded((value: Value) => {
      if (isOpen) answer(value);
      isOpen = false;
    });
  return { given: first(given), failed: first(failed) };
}

const noAsk: PoolAsk = { given() {}, failed() {} };
