import { clearTimeout, setTimeout } from 'node:timers';
import type { CreatedCause, Creations, MadeAt } from '../../protocol/creations.js';
import { socketsMade } from './sockets.js';
import type { CreationSource, Made } from './source.js';
import { timersMade } from './timers.js';

/** How long creations are caught, and how much later those that are still there count as left. Unit: ms. */
export interface WatchSpans {
  readonly catchingMs: number;
  readonly stayingMs: number;
}

const usualSpans: WatchSpans = { catchingMs: 5_000, stayingMs: 15_000 };
/** Of more than so many a random choice is caught, so that those of the whole span have the same chance. */
const caughtMost = 256;
/** Putting a stack into words takes some 30 µs of the main thread. */
const describedMost = 64;
/** Different stacks that are told, the most frequent ones. */
const toldMost = 8;

const sources: Readonly<Record<CreatedCause, CreationSource>> = { timers: timersMade, sockets: socketsMade };

/** Finds out who makes what becomes more and more. */
export interface CreationWatch {
  /** Catches what is made in the next seconds, and answers with what of it has stayed. Null when another watch goes
   *  on, or when it was ended. Never rejects. */
  watch(cause: CreatedCause): Promise<Creations | null>;
  close(): void;
}

/** Nothing is watched, and nothing costs anything, until somebody asks. */
export function createCreationWatch({ catchingMs, stayingMs }: WatchSpans = usualSpans): CreationWatch {
  let end: (() => void) | null = null;

  const look = (cause: CreatedCause, done: (creations: Creations | null) => void): void => {
    const caught: Made[] = [];
    let made = 0;
    const catching = setTimeout(() => stop(), catchingMs).unref();
    const staying = setTimeout(() => {
      finish(tell(cause, made, caught));
    }, catchingMs + stayingMs).unref();
    const stop = sources[cause]((take) => {
      made += 1;
      const place = caught.length < caughtMost ? caught.length : Math.floor(Math.random() * made);
      if (place < caughtMost) caught[place] = take();
    });
    const finish = (creations: Creations | null): void => {
      stop();
      clearTimeout(catching);
      clearTimeout(staying);
      end = null;
      done(creations);
    };
    end = () => finish(null);
  };

  return {
    async watch(cause) {
      if (end !== null) return null;
      try {
        return await new Promise<Creations | null>((resolve) => look(cause, resolve));
      } catch {
        return null;
      }
    },
    close: () => end?.(),
  };
}

function tell(cause: CreatedCause, made: number, caught: readonly Made[]): Creations {
  const byStack = new Map<string, MadeAt>();
  const there = caught.filter((each) => each.isThere());
  for (const one of there.slice(0, describedMost)) {
    const frames = one.frames();
    const key = JSON.stringify(frames);
    byStack.set(key, { frames, count: (byStack.get(key)?.count ?? 0) + 1 });
  }
  const stayed = [...byStack.values()].sort((a, b) => b.count - a.count).slice(0, toldMost);
  return { cause, made, stayed };
}
