import type { HeapFloor } from '../../protocol/snapshot.js';

/** Of each span of this length the lowest floor is kept: fine for growth that kills within minutes, coarse for growth
 *  that takes days. Unit: ms. */
const spansMs = [1_000, 15_000, 240_000, 3_600_000] as const;
/** Two days at the coarsest. */
const keptPerSpan = 48;

/** The newest low points of something at several resolutions, in a fixed amount of memory. */
export interface Floors<Floor> {
  add(floor: Floor): void;
  /** Finest first; each oldest first. */
  levels(): readonly (readonly Floor[])[];
  /** Forgets how it came to where it is. */
  clear(): void;
}

/** `sizeOf` tells which of two is the lower one. */
export function createFloors<Floor extends { readonly atMs: number }>(
  sizeOf: (floor: Floor) => number,
): Floors<Floor> {
  const levels: Floor[][] = spansMs.map(() => []);
  return {
    add(floor) {
      for (const [index, spanMs] of spansMs.entries()) keep(levels[index]!, floor, spanMs, sizeOf);
    },
    levels: () => levels.map((level) => [...level]),
    clear() {
      for (const level of levels) level.length = 0;
    },
  };
}

function keep<Floor extends { readonly atMs: number }>(
  level: Floor[],
  floor: Floor,
  spanMs: number,
  sizeOf: (floor: Floor) => number,
): void {
  const last = level.at(-1);
  const isSameSpan = last !== undefined && Math.floor(last.atMs / spanMs) === Math.floor(floor.atMs / spanMs);
  if (!isSameSpan) level.push(floor);
  else if (sizeOf(floor) <= sizeOf(last)) level[level.length - 1] = floor;
  if (level.length > keptPerSpan) level.shift();
}

/** Both numbers are floors of their own: the heap and what it holds outside. */
export const heapFloorSize = ({ bytes, externalBytes }: HeapFloor): number => bytes + externalBytes;
