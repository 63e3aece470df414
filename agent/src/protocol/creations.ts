import type { ProbeAnswer } from './stack.js';

/** What can be caught while it is made. */
export type CreatedCause = 'timers' | 'sockets';

/** What was made while the main thread watched, and is still there some time later. */
export interface Creations {
  readonly cause: CreatedCause;
  /** How many were seen being made. */
  readonly made: number;
  /** The stacks of those that have stayed, most frequent first. */
  readonly stayed: readonly MadeAt[];
}

/** Things that were made by the same stack. */
export interface MadeAt {
  readonly count: number;
  /** Innermost first. */
  readonly frames: ProbeAnswer['frames'];
}
