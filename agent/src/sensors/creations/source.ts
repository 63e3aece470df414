import type { ProbeAnswer } from '../../protocol/stack.js';

/** Something that was made a moment ago. Nothing of it is kept alive. */
export interface Made {
  /** Whether it is still in use. */
  isThere(): boolean;
  /** The stack that has made it, put into words now. */
  frames(): ProbeAnswer['frames'];
}

/** Tells of everything of one sort that is made from now on; returns what ends that. Whoever wants one takes it at once:
 *  its stack costs some microseconds. */
export type CreationSource = (onMade: (take: () => Made) => void) => () => void;

/** The code that makes it lies below the inner parts of Node and perhaps of a client library. */
export const framesMost = 64;
