import type { Emitted } from './emitted.js';

/** One place in the output that breaks a rule. */
export interface Finding {
  /** File and, within it, panel, variable or rule. */
  readonly where: string;
  /** What is wrong and what is wanted. */
  readonly message: string;
}

/** A rule that the output is held to. Pure; no findings means that it holds. */
export type Check = (emitted: Emitted) => readonly Finding[];
