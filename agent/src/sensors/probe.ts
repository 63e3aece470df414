import type { RequestContext } from '../protocol/incident.js';
import type { ProbeAnswer } from '../protocol/stack.js';
import { readFrames } from './stack-frames.js';
import { createTaskTurns } from './task-turns.js';

// Taken before the host can replace it: the probe runs on top of whatever the host was doing.
const { stringify } = JSON;

/** A function on the main thread's global object that the sidecar calls through the inspector, in the middle of
 *  whatever runs there, to learn what that is. */
export interface Probe {
  readonly key: string;
  close(): void;
}

/** Leaves the probe under `key`, which nobody can guess, and where no enumeration finds it. */
export function installProbe(
  key: string,
  beats: () => number,
  currentRequest: () => RequestContext | null,
): Probe {
  const turns = createTaskTurns();
  function probe(): string {
    const answer: ProbeAnswer = {
      frames: readFrames(probe),
      request: guarded(currentRequest),
      turn: guarded(turns.look),
      beats: beats(),
    };
    return stringify(answer);
  }
  Object.defineProperty(globalThis, key, { value: probe, enumerable: false, configurable: true });
  return {
    key,
    close() {
      Reflect.deleteProperty(globalThis, key);
    },
  };
}

function guarded<Value>(read: () => Value | null): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
