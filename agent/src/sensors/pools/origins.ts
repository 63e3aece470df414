import type { RequestContext } from '../../protocol/incident.js';
import type { ProbeAnswer } from '../../protocol/stack.js';
import { captureFrames } from '../stack-frames.js';

/** Frames that are taken of a caller. It stands near the top, with the driver and whoever traces it above. */
const framesUsual = 16;
/** Callers a second whose stacks are taken. Each costs 13 to 39 µs by version of Node, so that this is two thousandths
 *  of a core at the most however many callers there are; a service with fewer has all of them looked at. */
const looksPerSecond = 50;

/** Who asked for a connection. */
export interface Origin {
  readonly request: RequestContext | null;
  /** Puts the stack into words, innermost frame first. To be called once; until then it keeps what is on the stack. */
  frames(): ProbeAnswer['frames'];
  /** Whether the response of that request waits for its reader; null where the request is not known. */
  awaitsReader?(): boolean | null;
}

/** Knows whose responses wait for their readers. */
export interface ReaderWatch {
  /** Stands for the request that is being served now; null outside of one. */
  mark(): object | null;
  /** What stands for those whose responses wait now. */
  awaiting(): ReadonlySet<object>;
}

const nobodyReads: ReaderWatch = { mark: () => null, awaiting: () => new Set() };

/** Looks at some of the callers. */
export interface OriginSampler {
  /** Null for a caller that is not looked at. `top` is the function below which the caller stands; `frames` says how many
   *  are taken, for a driver in which it stands deep. */
  look(top: (...parameters: never[]) => unknown, frames?: number): Origin | null;
  /** Begins another second. */
  nextSecond(): void;
}

/** Takes each caller while there are few, and otherwise as many at random as there is time for: a caller that comes
 *  back in a fixed pattern must not be missed for ever. Random numbers are 0..1. */
export function createOriginSampler(
  currentRequest: () => RequestContext | null,
  random: () => number = Math.random,
  readers: ReaderWatch = nobodyReads,
): OriginSampler {
  let asked = 0;
  let looks = 0;
  let share = 1;
  /** Looked for once a second, and only when somebody holds a connection. */
  let awaiting: ReadonlySet<object> | null = null;
  const isAwaited = (mark: object | null): boolean | null => {
    if (mark === null) return null;
    awaiting ??= readers.awaiting();
    return awaiting.has(mark);
  };
  return {
    look(top, frames = framesUsual) {
      asked += 1;
      if (looks >= looksPerSecond || (share < 1 && random() >= share)) return null;
      looks += 1;
      const mark = readers.mark();
      return {
        request: currentRequest(),
        frames: captureFrames(top, frames),
        awaitsReader: () => isAwaited(mark),
      };
    },
    nextSecond() {
      share = Math.min(1, looksPerSecond / Math.max(1, asked));
      asked = 0;
      looks = 0;
      awaiting = null;
    },
  };
}
