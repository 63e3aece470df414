import type { HeldConnection } from '../../protocol/pool.js';

/** Held connections of all pools that one snapshot lists, and those whose stacks it tells. They are what a snapshot of many
 *  pools costs most by: a stack of sixteen frames takes as long as ten pools. */
const listedMost = 300;
const toldMost = 20;

/** How many held connections of one pool are listed, and how many of these have their stack told: longest first. */
export interface HolderRoom {
  readonly listed: number;
  readonly told: number;
}

/** All that one pool may take. More held connections are counted by the pool, but not listed. */
export const wholeRoom: HolderRoom = { listed: 100, told: 10 };

/** The room of one snapshot, shared among its pools: what one leaves, those after it get. */
export interface HolderRooms {
  /** For a pool that shares what is left with so many, itself included. */
  next(sharers: number): HolderRoom;
  take(held: readonly HeldConnection[]): void;
}

export function createHolderRooms(): HolderRooms {
  let listed = listedMost;
  let told = toldMost;
  return {
    next: (sharers) => ({
      listed: Math.min(wholeRoom.listed, Math.ceil(listed / sharers)),
      told: Math.min(wholeRoom.told, Math.ceil(told / sharers)),
    }),
    take(held) {
      listed -= held.length;
      for (const { frames } of held) if (frames.length > 0) told -= 1;
    },
  };
}
