/** A value this far below the highest one has come down by itself. Share of the highest, 0..1. */
const cameDownShare = 0.8;

/** Remembers how high something was from which it came down again by itself: up to there it is known territory. */
export interface HighWater {
  /** A new low point. Unit: bytes. */
  add(bytes: number): void;
  /** 0 before it has come down for the first time. */
  bytes(): number;
}

export function createHighWater(): HighWater {
  let highest = 0;
  let water = 0;
  return {
    add(bytes) {
      const cameDown = bytes < highest * cameDownShare;
      if (cameDown) water = Math.max(water, highest);
      highest = cameDown ? bytes : Math.max(highest, bytes);
    },
    bytes: () => water,
  };
}
