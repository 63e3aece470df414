/** Remembers that standard output or error would take no more. A synchronous logger such as pino then sleeps in
 *  Atomics.wait() and tries again, for as long as it takes: the sleep belongs to the output, not to itself. */
export interface StuckOutput {
  /** The output has taken something. */
  wrote(operation: number): void;
  /** A write to the output has thrown. */
  failed(operation: number, error: unknown): void;
  /** Number of the operation that a sleep just now waits for; 0 when none was refused in this turn of the loop. */
  awaited(): number;
}

/** `beats` tells the turns of the loop apart: a sleep in a later one has nothing to do with the refusal. */
export function createStuckOutput(beats: () => number): StuckOutput {
  let refused = 0;
  let refusedAtBeat = 0;
  return {
    wrote(operation) {
      if (operation === refused) refused = 0;
    },
    failed(operation, error) {
      if (!isFull(error)) return;
      refused = operation;
      refusedAtBeat = beats();
    },
    awaited: () => (refused !== 0 && beats() === refusedAtBeat ? refused : 0),
  };
}

const isFull = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EAGAIN';
