import { idleBounds, type SocketReuse } from '../../protocol/dependency.js';
import { createHistogram } from '../../protocol/histogram.js';

/** Counts what becomes of calls by how long their socket had been idle; null stands for a socket that was opened for
 *  them. Unit: ms. */
export interface SocketTally {
  answered(idleMs: number | null): void;
  reset(idleMs: number | null): void;
  read(): SocketReuse;
}

export function createSocketTally(): SocketTally {
  const reusedAnswered = createHistogram(idleBounds);
  const reusedReset = createHistogram(idleBounds);
  let freshAnswered = 0;
  let freshReset = 0;
  return {
    answered(idleMs) {
      if (idleMs === null) freshAnswered += 1;
      else reusedAnswered.record(idleMs / 1_000);
    },
    reset(idleMs) {
      if (idleMs === null) freshReset += 1;
      else reusedReset.record(idleMs / 1_000);
    },
    read: () => ({
      freshAnswered,
      freshReset,
      reusedAnswered: reusedAnswered.read(),
      reusedReset: reusedReset.read(),
    }),
  };
}
