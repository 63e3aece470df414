import type { CreatedCause, Creations } from '../protocol/creations.js';
import { blameMakers, type Maker } from './diagnosis/makers.js';
import type { HandlesWorld } from './handles.js';

/** A leak goes on, so whoever was missed the first time is caught the next; after that the verdict stands without. */
const asksMost = 3;
const askAgainMs = 60_000;

/** Who makes what becomes more: asked for while an incident is open, since asking costs the main thread a little. */
export interface Makers {
  /** Known makers, most frequent first. Asks for them while nobody is to blame; `atMs` is the clock of the snapshots. */
  of(cause: CreatedCause, atMs: number): readonly Maker[];
  tell(creations: Creations): void;
  /** The incident of this cause is over. */
  forget(cause: string): void;
}

interface Asked {
  times: number;
  lastMs: number;
  makers: readonly Maker[];
}

export function createMakers({ locate, askMakers }: Pick<HandlesWorld, 'locate' | 'askMakers'>): Makers {
  const asked = new Map<string, Asked>();
  return {
    of(cause, atMs) {
      const one = asked.get(cause) ?? { times: 0, lastMs: Number.NEGATIVE_INFINITY, makers: [] };
      asked.set(cause, one);
      if (blameMakers(one.makers) === null && one.times < asksMost && atMs - one.lastMs >= askAgainMs) {
        one.times += 1;
        one.lastMs = atMs;
        askMakers(cause);
      }
      return one.makers;
    },
    tell({ cause, stayed }) {
      const one = asked.get(cause);
      if (one !== undefined)
        one.makers = stayed.map(({ count, frames }) => ({ count, stack: locate(frames) }));
    },
    forget: (cause) => void asked.delete(cause),
  };
}
