import type { Verdict } from './incident.js';

/** What a detector says: everything about an incident but its identity and its life. */
export interface Finding extends Verdict {
  /** Findings of one kind with the same key are one incident. */
  readonly key: string;
  /** Key under which the same occurrence was told before its code was known: one incident, now under `key`. */
  readonly formerKey?: string;
  /** Grows by one with each new occurrence under the key; the same number means news of the same occurrence. */
  readonly occurrences: number;
}
