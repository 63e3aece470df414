import type { HeapFloor } from '../../protocol/snapshot.js';

/** V8 frees the buffers of what a collection has found dead on another thread, and counts them when new ones are made:
 *  just after the collection the garbage is still in the number. Unit: ms. */
const settlesForMs = 1_000;
/** More collections than these within that time say no more. */
const settlingMost = 32;

/** Waits until a collection has really given back the buffers of its garbage. */
export interface SettlingFloors {
  /** Takes the floors since the last moment, and gives those that have settled, with the least that was held since as
   *  what the collection has left outside the heap. Unit: bytes; `nowMs` on the clock of the floors. */
  settle(news: readonly HeapFloor[], nowMs: number, externalBytes: number): HeapFloor[];
}

export function createSettlingFloors(): SettlingFloors {
  let settling: HeapFloor[] = [];
  return {
    settle(news, nowMs, externalBytes) {
      const lowered = [...settling, ...news].slice(-settlingMost).map((floor) => ({
        ...floor,
        externalBytes: Math.min(floor.externalBytes, externalBytes),
      }));
      const isSettled = ({ atMs }: HeapFloor): boolean => nowMs - atMs >= settlesForMs;
      settling = lowered.filter((floor) => !isSettled(floor));
      return lowered.filter(isSettled);
    },
  };
}
